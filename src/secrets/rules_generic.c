/* SPDX-License-Identifier: Apache-2.0
 *
 * Values of no known form beside names that sound secret. The pattern only finds name and value; check_assignment() judges them. */
#include "secrets/rows.h"

#define VALUE \
	"(?|\"([^\"\\r\\n]{8,256})\"|'([^'\\r\\n]{8,256})'|([^\\s\"'`,;<>(){}\\[\\]\\\\]{8,256})(?![(\\[]))"

/* clang-format off */
static const secret_rule rows[] = {
	{{"generic-secret", "secret in an assignment", "By its name it gives access to something.", SECRET_MEDIUM},
		"passw passphrase passcode pwd secret token apikey api_key api-key access_key access-key accesskey private_key encryption_key signing_key "
		"master_key auth_key service_key account_key deploy_key app_key session_key db_pass credential",
		"(?i)((?:passw(?:or)?d|passphrase|passcode|pwd|secret|token|credentials?|db_?pass|(?:api|access|private|encryption|signing|master|auth|service|account|deploy|app|session)[_-]?key)[a-z0-9_.-]{0,40})"
		"[\"'\\]]{0,2}[ \\t]{0,16}(?:=>|:=|=(?!=)|:(?!:))[ \\t]{0,16}" VALUE, .group = 2, .rank = SECRET_RANK_GENERIC, .before = 16, .check = check_assignment},
	{{"generic-define", "secret in a define", "By its name it gives access to something.", SECRET_MEDIUM},
		"define(", "(?i)define\\([ \\t]{0,4}[\"']([a-z0-9_]{2,40}(?:_key|_password|_pass|_secret|_token))[\"'][ \\t]{0,4},[ \\t]{0,4}[\"']([^\"'\\r\\n]{8,256})[\"']", .group = 2, .rank = SECRET_RANK_GENERIC, .check = check_assignment},
};
/* clang-format on */

TABLE(secret_rules_generic, rows);
