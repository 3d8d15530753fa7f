#include "template/interpolate.h"
#include <gtest/gtest.h>
TEST(X, Y) { EXPECT_EQ(kiln::interpolate("a{{ `b` | upper }}", {}), "aB"); }
