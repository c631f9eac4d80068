"""`python -m bot` is `akashi`."""

from bot.cli.main import main

main()
