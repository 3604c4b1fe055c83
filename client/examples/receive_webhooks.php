<?php
/**
 * Receives webhooks: WEBHOOK_SECRETS=whsec_... php -S 127.0.0.1:8080 receive_webhooks.php
 * It needs no package. During a rotation, give both secrets, separated by a space.
 */

declare(strict_types=1);

const TOLERANCE_SECONDS = 300;

/** The delivery is not genuine, or too old. */
final class Forged extends RuntimeException
{
}

/** Returns the event. The signature covers the exact bytes, so verify before you parse. */
function verify(string $body): array
{
    $id = $_SERVER['HTTP_WEBHOOK_ID'] ?? '';
    $timestamp = $_SERVER['HTTP_WEBHOOK_TIMESTAMP'] ?? '';
    $signatures = explode(' ', $_SERVER['HTTP_WEBHOOK_SIGNATURE'] ?? '');
    if ($id === '' || !ctype_digit($timestamp)) throw new Forged('a header is missing');
    if (abs(time() - (int) $timestamp) > TOLERANCE_SECONDS) throw new Forged('the signature is too old');
    foreach (explode(' ', (string) getenv('WEBHOOK_SECRETS')) as $secret) {
        $key = base64_decode(preg_replace('/^whsec_/', '', $secret), true);
        if ($key === false || $key === '') throw new RuntimeException('WEBHOOK_SECRETS is missing or wrong');
        $expected = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$timestamp.$body", $key, true));
        foreach ($signatures as $given)
            if (hash_equals($expected, $given)) return json_decode($body, true, flags: JSON_THROW_ON_ERROR);
    }
    throw new Forged('no signature matches');
}

/**
 * Deliveries repeat: each ID is processed once. With a database, insert the ID in the transaction of what the event
 * causes. This example keeps the IDs in a file, which it locks meanwhile.
 */
function process_once(array $event): void
{
    $ids = fopen(getenv('WEBHOOK_IDS') ?: 'webhooks.txt', 'c+');
    flock($ids, LOCK_EX);
    while (($id = fgets($ids)) !== false) if (rtrim($id) === $event['id']) return;
    process($event);
    fwrite($ids, $event['id'] . "\n");
}

/** Ignore types and versions that you do not know: the service adds them. */
function process(array $event): void
{
    if ($event['version'] !== 1) return;
    $text = $event['type'] === 'payment.completed'
        ? "{$event['data']['payment_reference']}, {$event['data']['amount_paid']} NGN"
        : $event['type'];
    file_put_contents('php://stdout', "{$event['sequence']}: $text\n");
}

try {
    process_once(verify(file_get_contents('php://input')));
    http_response_code(204);
} catch (Forged) {
    http_response_code(400);
} catch (Throwable $error) {
    error_log((string) $error);
    // After 500, the service sends the event again.
    http_response_code(500);
}
