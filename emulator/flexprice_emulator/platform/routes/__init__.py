"""The platform over HTTP, one module a resource."""
