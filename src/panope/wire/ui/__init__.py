"""Bodies of the web app's routes: moments in µs, money as decimal text in USD."""
