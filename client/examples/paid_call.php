<?php
/** Registers, tops up, makes a call and follows it: php paid_call.php http://localhost:8787 */

declare(strict_types=1);

$url = $argv[1] ?? 'http://localhost:8787';

/** A failed request. `problem` is its body (RFC 9457). */
final class ApiError extends RuntimeException
{
    public function __construct(public readonly array $problem)
    {
        parent::__construct($problem['detail']);
    }
}

function send(string $method, string $path, ?array $body = null, ?string $token = null, ?string $key = null): array
{
    global $url;
    $headers = ['Content-Type: application/json'];
    if ($token !== null) $headers[] = "Authorization: Bearer $token";
    if ($key !== null) $headers[] = "Idempotency-Key: $key";
    $http = ['method' => $method, 'header' => $headers, 'timeout' => 30, 'ignore_errors' => true];
    if ($body !== null) $http['content'] = json_encode($body);
    $text = file_get_contents($url . $path, false, stream_context_create(['http' => $http]));
    preg_match('/ (\d+)/', $http_response_header[0], $status);
    $answer = json_decode($text, true);
    return $status[1] < 400 ? $answer : throw new ApiError($answer);
}

/**
 * Texts of a WebSocket (RFC 6455) until it closes. Events are short and never split.
 * PHP has no WebSocket of its own; phrity/websocket is a package for it.
 */
function messages(string $url): Generator
{
    ['scheme' => $scheme, 'host' => $host, 'path' => $path, 'query' => $query] = $parts = parse_url($url);
    $port = $parts['port'] ?? ($scheme === 'wss' ? 443 : 80);
    $socket = stream_socket_client(($scheme === 'wss' ? 'tls' : 'tcp') . "://$host:$port");
    $nonce = base64_encode(random_bytes(16));
    fwrite($socket, "GET $path?$query HTTP/1.1\r\nHost: $host:$port\r\nUpgrade: websocket\r\n"
        . "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: $nonce\r\n\r\n");
    if (!str_contains((string) fgets($socket), ' 101 ')) throw new RuntimeException('The socket was rejected.');
    while (trim((string) fgets($socket)) !== '');
    while (($head = stream_get_contents($socket, 2)) && strlen($head) === 2) {
        $length = ord($head[1]);
        if ($length === 126) $length = unpack('n', stream_get_contents($socket, 2))[1];
        elseif ($length === 127) $length = unpack('J', stream_get_contents($socket, 8))[1];
        $payload = $length > 0 ? stream_get_contents($socket, $length) : '';
        $opcode = ord($head[0]) & 15;
        if ($opcode === 1) yield $payload;
        if ($opcode === 8) return;
    }
}

$account = ['email' => 'ada-' . bin2hex(random_bytes(8)) . '@example.com', 'password' => 'correct horse battery'];
send('POST', '/users/register', $account);
$token = send('POST', '/auth/login', $account)['access_token'];

$recipient = ['recipient_phone' => '+2348031234567', 'recipient_name' => 'Ngozi'];
try {
    send('POST', '/calls', $recipient, $token);
} catch (ApiError $error) {
    if ($error->problem['code'] !== 'insufficient_funds') throw $error;
    echo $error->getMessage(), "\n";
}

// If a response is lost, send the request again with the same key: the payment is made once.
$order = ['amount' => 50, 'method' => 'monnify'];
$payment = send('POST', '/payments', $order, $token, bin2hex(random_bytes(16)));
// Here the customer pays, at $payment['checkout_url'].
send('POST', "/payments/verify/{$payment['payment_reference']}", token: $token);

$call = send('POST', '/calls', $recipient, $token, bin2hex(random_bytes(16)));
$ticket = send('POST', "/calls/{$call['uuid']}/ticket", token: $token);
foreach (messages($ticket['url']) as $text) {
    ['type' => $type, 'call' => $now] = json_decode($text, true);
    echo "$type: {$now['status']}, {$now['cost']} NGN\n";
    if ($now['status'] === 'initiated') send('PATCH', "/calls/{$now['uuid']}/answer", token: $token);
    elseif ($now['status'] === 'answered') send('PATCH', "/calls/{$now['uuid']}/end", token: $token);
}

foreach (send('GET', '/wallets', token: $token) as $wallet)
    foreach (send('GET', "/wallets/{$wallet['uuid']}/transactions", token: $token) as $entry)
        echo "{$entry['kind']}: {$entry['amount']} NGN\n";
