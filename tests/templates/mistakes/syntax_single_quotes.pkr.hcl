locals {
  name = 'debian'
}
