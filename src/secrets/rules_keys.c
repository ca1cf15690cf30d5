/* SPDX-License-Identifier: Apache-2.0
 *
 * Keys, signed tokens, and credentials that are known by where they stand. */
#include "secrets/rows.h"

/* clang-format off */
static const secret_rule rows[] = {
	{{"private-key", "private key", "Whoever holds it is its owner: decrypts, signs, logs in.", SECRET_CRITICAL},
		"-----begin", "(-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:\\s|\\\\[nr])*+(?:[A-Za-z][A-Za-z-]{2,20}: [^\\n]{1,200}\\n){0,6}"
		"[A-Za-z0-9+/=\\s\\\\\"',]{60,16000}+-----END [A-Z0-9 ]{1,40}-----)", .group = 1, .before = 8, .after = 16200, .check = check_private_key},
	{{"putty-private-key", "PuTTY private key", "Logs in wherever its public half is known.", SECRET_CRITICAL},
		"putty-user-key-file-", "PuTTY-User-Key-File-[23]:[\\s\\S]{20,4000}?Private-Lines: [0-9]{1,4}\\s{1,2}([A-Za-z0-9+/=\\s]{60,8000}?)\\s(?:Private-|[A-Za-z-]{3,20}:)", .group = 1, .after = 14000},
	{{"age-secret-key", "age secret key", "Decrypts what was encrypted to it.", SECRET_CRITICAL},
		"age-secret-key-1", WORD_START "(AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58})" WORD_END, .group = 1, .entropy = 3.0f},
	{{"wireguard-private-key", "WireGuard private key", "Joins the private network.", SECRET_CRITICAL},
		"privatekey presharedkey", "(?m)^[ \\t]{0,8}(?:PrivateKey|PresharedKey)[ \\t]{0,4}=[ \\t]{0,4}([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)[ \\t\\r]{0,4}$", .group = 1, .entropy = 4.0f},
	{{"kubernetes-service-account-token", "Kubernetes service account token", "Acts as the service account in the cluster.", SECRET_CRITICAL},
		"eyjh", WORD_START "(eyJh[A-Za-z0-9_-]{10,1000}\\.eyJ[A-Za-z0-9_-]{50,3000}\\.[A-Za-z0-9_-]{80,1500})" TOKEN_END, .group = 1, .after = 5600, .check = check_service_account},
	{{"json-web-token", "JSON web token", "Whoever presents it is taken for its subject, until it expires.", SECRET_MEDIUM},
		"eyjh eyj0 eyjr eyji", WORD_START "(eyJ[A-Za-z0-9_-]{10,1000}\\.eyJ[A-Za-z0-9_-]{10,4000}\\.[A-Za-z0-9_-]{16,1500})" TOKEN_END, .group = 1, .rank = SECRET_RANK_NAME, .after = 6600, .check = check_jwt},
	{{"kubernetes-client-key", "client key in a kubeconfig", "Logs in to the cluster.", SECRET_CRITICAL},
		"client-key-data", "client-key-data\"?[ \\t]{0,4}:[ \\t\\r\\n]{0,20}\"?(LS0tLS1CRUdJTi[A-Za-z0-9+/]{60,8000}={0,2})", .group = 1, .after = 8200},
	{{"kubernetes-bootstrap-token", "Kubernetes bootstrap token", "Joins nodes to the cluster.", SECRET_HIGH},
		"token", "(?i:kubeadm join[^\\n]{1,80}--token |bootstrap[A-Za-z0-9_.-]{0,16}token[\"']?[ \\t]{0,4}[:=][ \\t]{0,4}[\"']?)([a-z0-9]{6}\\.[a-z0-9]{16})" WORD_END,
		.group = 1, .before = 120, .entropy = 3.0f, .check = check_mixed},
	{{"database-url", "database URL with a password", "Reads and changes the database.", SECRET_HIGH},
		"postgres: postgresql: postgresql+ postgres+ mysql: mysql+ mysql2: mariadb: mongodb: mongodb+srv: redis: rediss: amqp: amqps: mssql: mssql+ sqlserver: clickhouse: cockroachdb: oracle: oracle+ nats: cassandra: couchbase: couchbases: ldap: ldaps:",
		"(?i:postgres(?:ql)?|mysql2?|mariadb|mongodb|rediss?|amqps?|mssql|sqlserver|clickhouse|cockroachdb|oracle|nats|cassandra|couchbases?|ldaps?)(?:\\+[a-z0-9_]{1,20})?://"
		"([^\\s\"'`<>:/?#@]{0,80}):([^\\s\"'`<>/?#@]{1,200})@[A-Za-z0-9\\[_$%{.-]", .group = 2, .rank = SECRET_RANK_PLACE, .check = check_url_password},
	{{"git-credentials-password", "password in a .git-credentials", "Reads and changes repositories as its user.", SECRET_CRITICAL},
		NULL, "(?m)^https?://[^:\\s/@]{1,200}:([^@\\s]{3,255})@", .path = "(?:^|/)\\.?git-?credentials$|(?:^|/)git/credentials$", .group = 1, .rank = SECRET_RANK_PLACE},
	{{"url-password", "password in a URL", "Logs in to the host of the URL.", SECRET_HIGH},
		"http:// https:// ftp:// sftp:// ssh:// smtp:// smtps:// imap:// git:// svn:// socks5:// smb:// mqtt:// rtsp:// s3:// ws:// wss:// cloudinary:// docker://",
		"[a-z0-9+]{2,12}://([^\\s\"'`<>:/?#@\\\\]{1,80}):([^\\s\"'`<>/?#@\\\\]{1,200})@[A-Za-z0-9\\[_$%{-]{2}", .group = 2, .rank = SECRET_RANK_PLACE, .check = check_url_password},
	{{"basic-auth-header", "basic authentication header", "Logs in as its user.", SECRET_HIGH},
		"basic", "(?i:authorization)[\"']?[ \\t]{0,4}[:=,][ \\t]{0,4}[\"']?(?i:basic)[ \\t]{1,4}([A-Za-z0-9+/]{8,400}={0,2})", .group = 1, .rank = SECRET_RANK_PLACE, .check = check_basic_auth},
	{{"bearer-header", "bearer token in a header", "Is taken for its owner.", SECRET_HIGH},
		"bearer", "(?i:authorization)[\"']?[ \\t]{0,4}[:=,][ \\t]{0,4}[\"']?(?i:bearer)[ \\t]{1,4}([A-Za-z0-9_.=~+/-]{20,400})", .group = 1, .rank = SECRET_RANK_PLACE, .entropy = 3.8f, .after = 440, .check = check_mixed},
	{{"netrc-password", "password in a .netrc", "Logs in to the machine it names.", SECRET_HIGH},
		"machine default", "(?<![A-Za-z])(?:machine\\s{1,4}[^\\s]{1,200}|default)\\s{1,8}login\\s{1,4}[^\\s]{1,200}\\s{1,8}password\\s{1,4}([^\\s]{3,200})", .group = 1, .rank = SECRET_RANK_PLACE, .after = 700, .check = check_url_password},
	{{"pgpass-password", "password in a .pgpass", "Logs in to the database.", SECRET_HIGH},
		NULL, "(?m)^[^#:\\n]{1,200}:(?:[0-9]{1,5}|\\*):[^:\\n]{1,80}:[^:\\n]{1,80}:([^\\n\\r]{3,200})$", .path = "(?:^|/)\\.?pgpass(?:\\.conf)?$", .group = 1, .rank = SECRET_RANK_PLACE},
	{{"maven-settings-password", "password in Maven's settings", "Reads or publishes artifacts.", SECRET_HIGH},
		"<password>", "<password>([^<\\n]{4,200})</password>", .allow = "^(?:repopwd|proxypass)$", .path = "(?:^|/)settings(?:-security)?\\.xml$", .group = 1, .rank = SECRET_RANK_PLACE},
	{{"password-hash", "password hash", "Can be guessed offline, by trying words.", SECRET_MEDIUM},
		"$1$ $5$ $6$ $2a$ $2b$ $2y$ $y$ $7$ $apr1$ $argon2",
		"(?m)(?:^[A-Za-z_][A-Za-z0-9_.-]{0,31}|[ \\t\"'=]):?\\$((?:[1567]|apr1|2[aby]|y|argon2(?:id|i|d))\\$[A-Za-z0-9./$,=+-]{20,200})(?=[:\\s\"']|$)", .group = 1, .rank = SECRET_RANK_PLACE, .entropy = 3.5f},
	{{"htpasswd-sha1", "SHA-1 password hash", "Can be guessed offline, by trying words.", SECRET_MEDIUM},
		"{sha}", "(?m)^[^:\\s]{1,80}:(\\{SHA\\}[A-Za-z0-9+/]{27}=)\\s{0,2}$", .group = 1, .rank = SECRET_RANK_PLACE},
};
/* clang-format on */

TABLE(secret_rules_keys, rows);
