#pragma once

#include "engine/registry.h"

namespace kiln {

struct GitRepositoryOptions {
    std::string path = ".";
};

struct GitCommitOptions {
    std::string path = ".";
    std::string commit_ish = "HEAD";
};

Schema<GitRepositoryOptions> git_repository_schema();
Schema<GitCommitOptions> git_commit_schema();
Schema<GitCommitOptions> git_tree_schema();

/// `git-repository`: tells of the repository that a directory is in. This and the next two ask the
/// program git, and throw Error when it is not installed or the directory is in no repository.
class GitRepositoryDataSource : public ComponentWith<DataSource, GitRepositoryOptions> {
  public:
    using ComponentWith::ComponentWith;
    Setting::Map read(const CancelToken& cancel) override;
};

/// `git-commit`: tells of one commit.
class GitCommitDataSource : public ComponentWith<DataSource, GitCommitOptions> {
  public:
    using ComponentWith::ComponentWith;
    Setting::Map read(const CancelToken& cancel) override;
};

/// `git-tree`: tells which files a commit has.
class GitTreeDataSource : public ComponentWith<DataSource, GitCommitOptions> {
  public:
    using ComponentWith::ComponentWith;
    Setting::Map read(const CancelToken& cancel) override;
};

}  // namespace kiln
