#include "communicator/ssh_certificate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/process.h"

namespace kiln {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class CertificateTest : public testing::Test {
  protected:
    void SetUp() override {
        if (!find_program("ssh-keygen")) GTEST_SKIP() << "needs openssh-client";
        run("ssh-keygen -q -t ed25519 -N '' -f ca; ssh-keygen -q -t ed25519 -N '' -f user");
    }

    void run(const std::string& command) {
        const ProcessOutput done = run_process(
            {"sh", {"-ec", command}, {{"TZ", "UTC"}}, directory_.path(), "", {}}, CancelToken());
        ASSERT_TRUE(done.status.success()) << done.err;
    }

    std::string path() const { return (directory_.path() / "user-cert.pub").string(); }

    std::string failure() const {
        try {
            check_certificate_file(path());
        } catch (const Error& error) {
            return error.what();
        }
        return "";
    }

    TempDir directory_{temp_root()};
};

TEST_F(CertificateTest, ReadsEachKeyTypesFields) {
    for (const std::string type : {"ed25519", "ecdsa", "rsa"}) {
        run("rm user*; ssh-keygen -q -t " + type +
            " -N '' -f user; ssh-keygen -q -s ca -I the-id -n me -V 20200101:20300101 user.pub");
        const SshCertificate certificate = parse_certificate(read_file(path()));
        EXPECT_EQ(certificate.kind, SshCertificate::Kind::User);
        EXPECT_EQ(certificate.key_id, "the-id");
        EXPECT_EQ(certificate.valid_after, 1577836800U);
        EXPECT_EQ(certificate.valid_before, 1893456000U);
    }
}

TEST_F(CertificateTest, AcceptsOneThatIsValidNow) {
    run("ssh-keygen -q -s ca -I id -n me user.pub");
    EXPECT_EQ(failure(), "") << "valid for ever";
    run("ssh-keygen -q -s ca -I id -n me -V -1h:+1h user.pub");
    EXPECT_EQ(failure(), "");
}

TEST_F(CertificateTest, RefusesOneOutsideItsTime) {
    run("ssh-keygen -q -s ca -I id -n me -V 20200101:20200102 user.pub");
    EXPECT_THAT(failure(), HasSubstr("ssh_certificate_file is invalid"));
    EXPECT_THAT(failure(), HasSubstr("not valid after 2020-01-02 00:00:00 UTC"));
    run("ssh-keygen -q -s ca -I id -n me -V 20900101:20900102 user.pub");
    EXPECT_THAT(failure(), HasSubstr("not valid before 2090-01-01"));
}

TEST_F(CertificateTest, RefusesAHostCertificate) {
    run("ssh-keygen -q -s ca -h -I id -n me user.pub");
    EXPECT_THAT(failure(), HasSubstr("host certificate"));
}

TEST_F(CertificateTest, RefusesWhatIsNone) {
    run("cp user.pub user-cert.pub");
    EXPECT_THAT(failure(), HasSubstr("does not begin with a certificate type"));
}

TEST_F(CertificateTest, SurvivesACutAtAnyByte) {
    run("ssh-keygen -q -s ca -I id -n me user.pub");
    const std::string line = read_file(path());
    const std::string body = line.substr(0, line.find(' ', line.find(' ') + 1));
    int refused = 0;
    for (std::size_t size = 0; size < body.size(); ++size) {
        try {
            parse_certificate(body.substr(0, size));
        } catch (const Error&) {
            ++refused;
        }
    }
    EXPECT_GT(refused, 100);
}

}  // namespace
}  // namespace kiln
