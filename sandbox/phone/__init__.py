"""The phone page: a customer's chat in the browser, with the rows of its turn beside it."""
