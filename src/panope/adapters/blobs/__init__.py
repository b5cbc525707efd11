"""Where the bytes of media are kept: in this process, in a directory, or in a bucket."""
