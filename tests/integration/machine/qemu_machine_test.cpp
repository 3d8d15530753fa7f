#include "machine/qemu/qemu_machine.h"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "boot/boot_command.h"
#include "boot/typist.h"
#include "echo_disk.h"

namespace kiln::qemu {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr Duration patience = 60s;

bool process_exists(pid_t pid) {
    return kill(pid, 0) == 0 || errno != ESRCH;
}

bool gone_within(pid_t pid, Duration limit) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (process_exists(pid)) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::sleep_for(5ms);
    }
    return true;
}

class QemuMachineTest : public testing::Test {
  protected:
    void SetUp() override { setenv("XDG_RUNTIME_DIR", runtime.path().c_str(), 1); }
    void TearDown() override {
        machine.reset();
        EXPECT_TRUE(std::filesystem::is_empty(runtime.path())) << "a private directory is left";
    }

    QemuDefinition definition(const std::string& format = "raw") {
        QemuDefinition result;
        result.memory_mib = 32;
        result.network.kind = QemuNetwork::Kind::None;
        result.disks = {{.file = scratch.path() / "disk", .format = format, .cache = "unsafe"}};
        return result;
    }

    QemuMachine& start(QemuDefinition definition) {
        machine = std::make_unique<QemuMachine>(std::move(definition));
        machine->start(CancelToken());
        return *machine;
    }

    QemuMachine& start_echo() {
        write_echo_disk(scratch.path() / "disk");
        start(definition());
        type("<wait \"ready>\" 60s>");
        return *machine;
    }

    void type(std::string_view command, Duration interval = boot::default_key_interval) {
        boot::Typist typist(machine->keyboard(), machine->screen(), {.key_interval = interval});
        typist.type(boot::parse_boot_command(command), CancelToken());
    }

    std::string screen() {
        const auto text = machine->screen().text();
        return text ? text->to_string() : "(graphics)";
    }

    // What was echoed, over the ends of rows; waits until it has `size` characters.
    std::string echoed(std::size_t size) {
        std::string found;
        for (int i = 0; i < 100 && found.size() < size; ++i) {
            std::this_thread::sleep_for(20ms);
            const auto text = machine->screen().text();
            found.clear();
            if (!text) continue;
            bool begun = false;
            for (const std::string& row : text->rows) {
                const std::size_t at = row.find("ready>");
                if (at != std::string::npos) begun = true;
                if (begun) found += at == std::string::npos ? row : row.substr(at + 6);
            }
        }
        return found;
    }

    TempDir runtime{temp_root()};
    TempDir scratch{temp_root()};
    std::unique_ptr<QemuMachine> machine;
};

TEST_F(QemuMachineTest, ShowsWhatTheBiosSaysOfAnEmptyDisk) {
    std::ofstream(scratch.path() / "disk") << std::string(1 << 20, '\0');
    start(definition());
    type("<wait \"No bootable device\" 60s>");
    EXPECT_THAT(screen(), HasSubstr("SeaBIOS"));

    const auto picture = scratch.path() / "screen.png";
    machine->screen().save_png(picture);
    EXPECT_THAT(read_file(picture), testing::StartsWith("\x89PNG\r\n"));
    EXPECT_GT(std::filesystem::file_size(picture), 500U);
}

TEST_F(QemuMachineTest, TypesEveryCharacterAtTheDefaultPace) {
    start_echo();
    std::string all;
    for (char c = 0x21; c < 0x7f; ++c) all += c;
    all += " .";
    type(all + all);
    EXPECT_EQ(echoed(2 * all.size()), all + all);
}

TEST_F(QemuMachineTest, LosesNoKeyWithoutAnyPause) {
    start_echo();
    const std::string text = "linux auto=true url=http://10.0.2.2:8000/preseed.cfg?a=B&c=D_ ";
    std::string all;
    for (int i = 0; i < 6; ++i) all += text;
    type(all, 0ms);
    EXPECT_EQ(echoed(all.size() - 1), all.substr(0, all.size() - 1));
}

TEST_F(QemuMachineTest, EndsWhenTheGuestPowersOff) {
    start_echo();
    EXPECT_FALSE(machine->exited());
    EXPECT_FALSE(machine->wait_for_exit(CancelToken(), 50ms));
    const pid_t pid = machine->pid().value();
    machine->keyboard().key_down("esc");
    const auto end = machine->wait_for_exit(CancelToken(), patience);
    ASSERT_TRUE(end);
    EXPECT_TRUE(end->clean) << end->details;
    EXPECT_EQ(end->reason, "powered off");
    EXPECT_FALSE(process_exists(pid));
    EXPECT_FALSE(machine->pid());
}

TEST_F(QemuMachineTest, PressesThePowerButton) {
    start_echo();
    machine->press_power_button();
    const auto end = machine->wait_for_exit(CancelToken(), patience);
    ASSERT_TRUE(end);
    EXPECT_TRUE(end->clean) << end->reason;
}

TEST_F(QemuMachineTest, PowerOffEndsTheGuestAtOnce) {
    start_echo();
    const pid_t pid = machine->pid().value();
    machine->power_off();
    EXPECT_FALSE(process_exists(pid));
    const auto end = machine->exited();
    ASSERT_TRUE(end);
    EXPECT_FALSE(end->clean);
    EXPECT_EQ(end->reason, "its power was cut");
    machine->power_off();
}

TEST_F(QemuMachineTest, PowerOffComesFromAnotherThreadWhileOneWaits) {
    start_echo();
    std::thread other([&] {
        std::this_thread::sleep_for(100ms);
        machine->power_off();
    });
    const auto end = machine->wait_for_exit(CancelToken(), patience);
    other.join();
    EXPECT_TRUE(end);
}

TEST_F(QemuMachineTest, SeesThatQemuWasKilled) {
    start_echo();
    ASSERT_EQ(kill(machine->pid().value(), SIGKILL), 0);
    const auto end = machine->wait_for_exit(CancelToken(), patience);
    ASSERT_TRUE(end);
    EXPECT_FALSE(end->clean);
    EXPECT_EQ(end->reason, "QEMU was killed by signal 9 (Killed)");
}

TEST_F(QemuMachineTest, AKeyForADeadGuestIsAnErrorThatSaysSo) {
    start_echo();
    ASSERT_EQ(kill(machine->pid().value(), SIGKILL), 0);
    try {
        type("abcdef");
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("the guest does not run any more: QEMU was killed"));
    }
}

TEST_F(QemuMachineTest, DestructionDisposesOfTheGuest) {
    start_echo();
    const pid_t pid = machine->pid().value();
    machine.reset();
    EXPECT_FALSE(process_exists(pid));
}

TEST_F(QemuMachineTest, AReleasedGuestGoesOn) {
    start_echo();
    const pid_t pid = machine->pid().value();
    const auto socket = machine->control_socket();
    machine->release();
    machine.reset();
    EXPECT_TRUE(process_exists(pid));
    {
        auto client = QmpClient::connect(socket, CancelToken(), 10s, [] {});
        EXPECT_EQ(client.execute("query-status")["status"], "running");
        client.execute("quit");
    }
    EXPECT_TRUE(gone_within(pid, 10s));
    std::filesystem::remove_all(socket.parent_path());
}

TEST_F(QemuMachineTest, TheGuestDiesWithKiln) {
    write_echo_disk(scratch.path() / "disk");
    std::array<int, 2> ends{};
    ASSERT_EQ(pipe(ends.data()), 0);
    const pid_t builder = fork();
    ASSERT_GE(builder, 0);
    if (builder == 0) {
        QemuMachine guest(definition());
        guest.start(CancelToken());
        const pid_t pid = guest.pid().value();
        if (write(ends[1], &pid, sizeof pid) != sizeof pid) _exit(1);
        while (true) pause();
    }
    pid_t qemu = -1;
    ASSERT_EQ(read(ends[0], &qemu, sizeof qemu), static_cast<ssize_t>(sizeof qemu));
    close(ends[0]);
    close(ends[1]);
    ASSERT_TRUE(process_exists(qemu));
    kill(builder, SIGKILL);
    waitpid(builder, nullptr, 0);
    EXPECT_TRUE(gone_within(qemu, 2s));
    // A process that is killed with -9 cannot tidy up; the run record's cleaner does.
    for (const auto& left : std::filesystem::directory_iterator(runtime.path())) {
        std::filesystem::remove_all(left);
    }
}

TEST_F(QemuMachineTest, TellsWhyQemuDidNotStart) {
    auto bad = definition();
    write_echo_disk(scratch.path() / "disk");
    bad.user_arguments = {{"-device", "no-such-device"}};
    QemuMachine guest(bad);
    try {
        guest.start(CancelToken());
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("qemu-system-x86_64 did not start the guest"));
        EXPECT_THAT(error.what(), HasSubstr("'no-such-device' is not a valid device model name"));
        EXPECT_THAT(error.hint(), HasSubstr("misspelt"));
    }
    EXPECT_FALSE(guest.exited());
    EXPECT_TRUE(std::filesystem::is_empty(runtime.path()));
}

TEST_F(QemuMachineTest, TellsThatTheDiskIsMissing) {
    QemuMachine guest(definition());
    EXPECT_THROW(guest.start(CancelToken()), Error);
}

TEST_F(QemuMachineTest, TellsThatTheBinaryIsMissing) {
    auto other = definition();
    other.binary = "qemu-system-none";
    QemuMachine guest(other);
    EXPECT_THROW(guest.start(CancelToken()), Error);
}

TEST_F(QemuMachineTest, StopsWhenCancelledAtTheStart) {
    write_echo_disk(scratch.path() / "disk");
    CancelSource source;
    source.cancel("interrupted");
    QemuMachine guest(definition());
    EXPECT_THROW(guest.start(source.token()), Cancelled);
}

TEST_F(QemuMachineTest, GoesBackToACheckpoint) {
    write_echo_qcow2(scratch.path() / "disk");
    start(definition("qcow2"));
    type("<wait \"ready>\" 60s>abc");
    ASSERT_EQ(echoed(3), "abc");
    machine->checkpoint("typed", CancelToken());
    type("def");
    ASSERT_EQ(echoed(6), "abcdef");
    machine->restore("typed", CancelToken());
    type("x");
    EXPECT_EQ(echoed(4), "abcx");
    machine->checkpoint("typed", CancelToken());
    type("y");
    machine->restore("typed", CancelToken());
    EXPECT_EQ(echoed(4), "abcx");
    EXPECT_THROW(machine->restore("other", CancelToken()), Error);
}

TEST_F(QemuMachineTest, SaysThatARawDiskHoldsNoCheckpoint) {
    start_echo();
    try {
        machine->checkpoint("x", CancelToken());
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("cannot hold checkpoints: its format is raw"));
    }
}

TEST_F(QemuMachineTest, WritesTheSerialLineToItsFile) {
    write_echo_disk(scratch.path() / "disk");
    auto with_serial = definition();
    with_serial.serial_file = scratch.path() / "serial.log";
    start(with_serial);
    EXPECT_EQ(machine->serial_log(), with_serial.serial_file);
    EXPECT_TRUE(std::filesystem::exists(with_serial.serial_file));
}

TEST_F(QemuMachineTest, KeepsItsFilesPrivate) {
    start_echo();
    const auto directory = machine->control_socket().parent_path();
    EXPECT_EQ(std::filesystem::status(directory).permissions(), std::filesystem::perms::owner_all);
}

// Every way to attach a disk has to give a guest that boots from it.
class QemuDiskInterface : public QemuMachineTest,
                          public testing::WithParamInterface<std::pair<const char*, const char*>> {
};

TEST_P(QemuDiskInterface, BootsTheDisk) {
    write_echo_disk(scratch.path() / "disk");
    auto attached = definition();
    std::tie(attached.machine_type, attached.disk_interface) = GetParam();
    attached.cdrom_interface = attached.disk_interface == "sd" ? "" : attached.disk_interface;
    attached.cdroms = {scratch.path() / "empty.iso"};
    std::ofstream(scratch.path() / "empty.iso") << std::string(1 << 20, '\0');
    start(attached);
    type("<wait \"ready>\" 60s>");
}

INSTANTIATE_TEST_SUITE_P(Interfaces, QemuDiskInterface,
                         testing::Values(std::pair("pc", "virtio"), std::pair("pc", "ide"),
                                         std::pair("pc", "sata"), std::pair("pc", "virtio-scsi"),
                                         std::pair("pc", "scsi"), std::pair("pc", "sd"),
                                         std::pair("q35", "virtio"), std::pair("q35", "sata"),
                                         std::pair("q35", "ide")));

}  // namespace
}  // namespace kiln::qemu
