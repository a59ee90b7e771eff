"""Small mistakes, made on purpose, to see whether the book's checks notice them."""
