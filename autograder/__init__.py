"""An engine that grades numpy exercises; the course it grades is data beside it."""
