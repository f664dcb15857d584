-- Run once by a superuser, after bootstrap_roles. Texts are UTF-8 and sort by code point, whatever the server's own locale.
CREATE DATABASE gridd OWNER gridd_owner TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'
