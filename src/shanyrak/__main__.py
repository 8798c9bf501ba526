"""``python -m shanyrak``."""

from shanyrak.cli import main

if __name__ == "__main__":
    main()
