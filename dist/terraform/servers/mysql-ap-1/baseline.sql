-- Baseline of mysql-ap-1: run once as the server's owner, such as `mariadb < baseline.sql`. Running it again changes nothing.

-- Terraform's administrator, who has no SUPER, reads no files and stops no server. It is locked until you give it a password:
-- ALTER USER `tenantry`@`%` IDENTIFIED BY '...' ACCOUNT UNLOCK;
CREATE USER IF NOT EXISTS `tenantry`@`%` ACCOUNT LOCK;

-- It makes users, and may give these rights and no others.
GRANT CREATE USER, ALTER, CREATE, CREATE TEMPORARY TABLES, CREATE VIEW, DELETE, DROP, INDEX, INSERT, LOCK TABLES, REFERENCES, SELECT, SHOW VIEW, TRIGGER, UPDATE ON *.* TO `tenantry`@`%` WITH GRANT OPTION;

-- On MariaDB 11.3 or newer also, for tenants that have procedures:
-- GRANT ALTER ROUTINE, CREATE ROUTINE, EXECUTE, SHOW CREATE ROUTINE ON *.* TO `tenantry`@`%` WITH GRANT OPTION;

-- What everybody may do in databases whose name begins with "test" is older than any tenant. Anonymous users, where an old server has
-- some, go with `mariadb-secure-installation`.
DELETE FROM mysql.db WHERE User IN ('', 'PUBLIC') AND Db LIKE 'test%';
FLUSH PRIVILEGES;
