locals {
  by_length = { for w in ["a", "b"] : length(w) => w }
}
