"""What is said of where a piece has been (管理の経過), by language."""
