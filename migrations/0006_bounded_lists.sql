CREATE TABLE `retired_payments` (
	`reference` text PRIMARY KEY NOT NULL,
	`uuid` text NOT NULL,
	`user_uuid` text NOT NULL,
	`method` text NOT NULL,
	`wallet_type` text NOT NULL,
	`amount_kobo` integer NOT NULL,
	`attempt` integer NOT NULL,
	`created_at_ms` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `sessions_live` ON `sessions` (`user_uuid`,`expires_at_ms`) WHERE revoked_at_ms IS NULL;--> statement-breakpoint
CREATE INDEX `sessions_expiry` ON `sessions` (`expires_at_ms`);--> statement-breakpoint
CREATE INDEX `payments_user_status` ON `payments` (`user_uuid`,`status`,`created_at_ms`,`uuid`);--> statement-breakpoint
CREATE INDEX `payments_unpaid` ON `payments` (`created_at_ms`) WHERE status IN ('failed', 'cancelled', 'expired') AND amount_paid_kobo = 0 AND standing_seq = 0 AND next_ask_at_ms IS NULL AND COALESCE(failure_reason, '') NOT IN ('currency_mismatch', 'reference_mismatch', 'unexpected_amount', 'unknown_status');--> statement-breakpoint
CREATE INDEX `webhook_events_body` ON `webhook_events` (`received_at_ms`) WHERE outcome IS NOT NULL AND body <> '';