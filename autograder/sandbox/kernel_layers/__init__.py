"""What the Linux kernel enforces on a child: each layer, and the probe that tries it."""
