"""The sub-commands of `gongzhi`, one module each: `add(subparsers)`, `run(args)` and perhaps `NEEDS`."""
