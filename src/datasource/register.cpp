#include "datasource/register.h"

#include "datasource/declared_sources.h"
#include "datasource/git.h"
#include "datasource/host_info.h"
#include "datasource/http.h"
#include "datasource/null.h"

namespace kiln {

void register_data_sources(Registry& registry) {
    registry.add_data_source("git-commit",
                             component_factory<DataSource, GitCommitDataSource>(git_commit_schema));
    registry.add_data_source(
        "git-repository",
        component_factory<DataSource, GitRepositoryDataSource>(git_repository_schema));
    registry.add_data_source("git-tree",
                             component_factory<DataSource, GitTreeDataSource>(git_tree_schema));
    registry.add_data_source("host-info",
                             component_factory<DataSource, HostInfoDataSource>(host_info_schema));
    registry.add_data_source("http",
                             component_factory<DataSource, HttpDataSource>(http_data_schema));
    registry.add_data_source("null",
                             component_factory<DataSource, NullDataSource>(null_data_schema));
    add_declared_data_sources(registry);
}

}  // namespace kiln
