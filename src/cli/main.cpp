#include "cli/app.h"

int main(int argc, char** argv) {
    return kiln::run_app(argc, argv);
}
