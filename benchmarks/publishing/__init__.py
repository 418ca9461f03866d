"""What publishing takes: time and memory, from a few editions to tens of thousands."""
