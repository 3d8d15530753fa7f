name "base"
