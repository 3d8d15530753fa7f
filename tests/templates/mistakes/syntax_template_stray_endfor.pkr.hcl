locals {
  text = "a%{ endfor }b"
}
