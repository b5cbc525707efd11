"""Administration on the wire: projects, keys, members, and users as SCIM describes them."""
