"""``python -m glosten`` is ``glosten``."""

from glosten.show import main

if __name__ == "__main__":
    main()
