locals {
  a = tonumber("1")
  b = tolist(["x"])
  c = setsubtract(["a"], ["b"])
}
