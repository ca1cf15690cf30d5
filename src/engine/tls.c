/* SPDX-License-Identifier: Apache-2.0
 *
 * TLS by OpenSSL 3. Its own way to write to sockets would raise SIGPIPE, so it gets another (BIO_meth_new(3)). */
#include "engine/tls.h"

#include "base/files.h"
#include "base/memory.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <sys/socket.h>

typedef struct tls {
	SSL_CTX *context;
	SSL *ssl;
	BIO_METHOD *method;
	int fd;
} tls;

static void tls_free(void *of)
{
	tls *t = of;
	SSL_free(t->ssl); /* and its BIO */
	SSL_CTX_free(t->context);
	BIO_meth_free(t->method);
	if (t->fd >= 0)
		close(t->fd);
	free(t);
}

/* --- bytes below TLS --- */

static int below_write(BIO *b, const char *bytes, int n)
{
	int fd = *(int *)BIO_get_data(b);
	ssize_t sent;
	do
		sent = send(fd, bytes, (size_t)n, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	return (int)sent;
}

static int below_read(BIO *b, char *bytes, int n)
{
	int fd = *(int *)BIO_get_data(b);
	ssize_t got;
	do
		got = recv(fd, bytes, (size_t)n, 0);
	while (got < 0 && errno == EINTR);
	return (int)got;
}

static long below_control(BIO *b, int command, long number, void *pointer)
{
	(void)b, (void)number, (void)pointer;
	return command == BIO_CTRL_FLUSH;
}

static bool below_make(tls *t)
{
	t->method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "engine");
	if (!t->method || !BIO_meth_set_write(t->method, below_write) ||
		!BIO_meth_set_read(t->method, below_read) || !BIO_meth_set_ctrl(t->method, below_control))
		return false;
	BIO *b = BIO_new(t->method);
	if (!b)
		return false;
	BIO_set_data(b, &t->fd);
	BIO_set_init(b, 1);
	SSL_set_bio(t->ssl, b, b);
	return true;
}

/* --- faults --- */

/* What OpenSSL says of the first of its errors. */
static int openssl_failed(error *e, error_code code, const char *what)
{
	unsigned long number = ERR_get_error();
	const char *reason = number ? ERR_reason_error_string(number) : NULL;
	ERR_clear_error();
	return error_set(e, code, "%s: %s", what, reason ? reason : "refused");
}

static int handshake_failed(tls *t, int system, error *e)
{
	long verified = SSL_get_verify_result(t->ssl);
	if (verified != X509_V_OK) {
		ERR_clear_error();
		return error_set(e, ERROR_DENIED, "the engine's certificate: %s",
			X509_verify_cert_error_string(verified));
	}
	if (ERR_peek_error())
		return openssl_failed(e, ERROR_DENIED, "TLS");
	errno = system ? system : ECONNRESET;
	return transport_failed(e);
}

/* --- certificates --- */

/* A key that is locked by a password cannot be used: nobody is asked. */
static int no_password(char *to, int size, int writing, void *of)
{
	(void)to, (void)size, (void)writing, (void)of;
	return -1;
}

static int authorities_load(tls *t, const tls_options *o, arena *a, error *e)
{
	const char *file = o->certificates ? path_join(a, o->certificates, "ca.pem") : NULL;
	if (!o->verify)
		return 0;
	if (file && (o->own_authority || files_exists(file)))
		return SSL_CTX_load_verify_file(t->context, file) ? 0 : openssl_failed(e, ERROR_USAGE, file);
	/* The folder of hashed names: reading the file with all of them costs 40 ms. */
	if (!SSL_CTX_load_verify_dir(t->context, "/etc/ssl/certs"))
		return openssl_failed(e, ERROR_USAGE, "/etc/ssl/certs");
	return 0;
}

static int own_certificate_load(tls *t, const tls_options *o, arena *a, error *e)
{
	if (!o->certificates)
		return 0;
	const char *certificate = path_join(a, o->certificates, "cert.pem"),
		   *key = path_join(a, o->certificates, "key.pem");
	if (!files_exists(certificate) && !files_exists(key))
		return 0;
	if (SSL_CTX_use_certificate_chain_file(t->context, certificate) != 1)
		return openssl_failed(e, ERROR_USAGE, certificate);
	if (SSL_CTX_use_PrivateKey_file(t->context, key, SSL_FILETYPE_PEM) != 1 ||
		SSL_CTX_check_private_key(t->context) != 1)
		return openssl_failed(e, ERROR_USAGE, key);
	return 0;
}

static int context_make(tls *t, const tls_options *o, error *e)
{
	arena a = {0};
	t->context = SSL_CTX_new(TLS_client_method());
	if (!t->context || !SSL_CTX_set_min_proto_version(t->context, TLS1_2_VERSION))
		return openssl_failed(e, ERROR_SYSTEM, "TLS");
	SSL_CTX_set_verify(t->context, o->verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, NULL);
	SSL_CTX_set_default_passwd_cb(t->context, no_password);
	int status = authorities_load(t, o, &a, e);
	if (status >= 0)
		status = own_certificate_load(t, o, &a, e);
	arena_done(&a);
	return status;
}

/* A number is looked for among the addresses of the certificate, a name among its names. */
static bool host_expect(tls *t, const char *host)
{
	struct in6_addr number;
	if (inet_pton(AF_INET, host, &number) == 1 || inet_pton(AF_INET6, host, &number) == 1)
		return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(t->ssl), host);
	SSL_set_hostflags(t->ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	return SSL_set1_host(t->ssl, host) && SSL_set_tlsext_host_name(t->ssl, host);
}

/* --- the transport --- */

/* How many bytes, 0 at the end; a connection that ends without saying so is an end for HTTP too, which knows its lengths. */
static ssize_t tls_receive(void *of, void *to, size_t n, error *e)
{
	tls *t = of;
	size_t got;
	errno = 0;
	ERR_clear_error();
	if (SSL_read_ex(t->ssl, to, n, &got))
		return (ssize_t)got;
	int system = errno, kind = SSL_get_error(t->ssl, 0);
	if (kind == SSL_ERROR_ZERO_RETURN || (kind == SSL_ERROR_SYSCALL && !system) ||
		ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
		ERR_clear_error();
		return 0;
	}
	return handshake_failed(t, system, e);
}

static ssize_t tls_send(void *of, const void *from, size_t n, error *e)
{
	tls *t = of;
	size_t sent;
	errno = 0;
	ERR_clear_error();
	if (SSL_write_ex(t->ssl, from, n, &sent))
		return (ssize_t)sent;
	return handshake_failed(t, errno, e);
}

static int shake_hands(tls *t, const tls_options *o, error *e)
{
	t->ssl = SSL_new(t->context);
	if (!t->ssl || !below_make(t) || (o->verify && !host_expect(t, o->host)))
		return openssl_failed(e, ERROR_SYSTEM, "TLS");
	errno = 0;
	ERR_clear_error();
	return SSL_connect(t->ssl) == 1 ? 0 : handshake_failed(t, errno, e);
}

int tls_open(int fd, const tls_options *options, transport *ret, error *e)
{
	tls *t = memory_zeroed(1, sizeof *t);
	t->fd = fd;
	int status = context_make(t, options, e);
	if (status >= 0)
		status = shake_hands(t, options, e);
	if (status < 0) {
		tls_free(t);
		return status;
	}
	*ret = (transport){tls_receive, tls_send, tls_free, t};
	return 0;
}
