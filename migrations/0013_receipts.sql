CREATE TABLE `receipts` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`subject_uuid` text NOT NULL,
	`user_uuid` text NOT NULL,
	`wallet_type` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`year` integer,
	`number` integer,
	`content` text,
	`key_id` text,
	`signature` text,
	`issued_at_ms` integer,
	`attempts` integer DEFAULT 0 NOT NULL,
	`next_attempt_at_ms` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `receipts_number` ON `receipts` (`year`,`number`) WHERE number IS NOT NULL;--> statement-breakpoint
CREATE INDEX `receipts_user` ON `receipts` (`user_uuid`,`issued_at_ms`,`id`) WHERE issued_at_ms IS NOT NULL;--> statement-breakpoint
CREATE INDEX `receipts_next_attempt` ON `receipts` (`next_attempt_at_ms`) WHERE next_attempt_at_ms IS NOT NULL;