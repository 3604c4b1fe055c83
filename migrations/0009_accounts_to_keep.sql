CREATE TABLE `links` (
	`message_id` text PRIMARY KEY NOT NULL,
	`token_hash` text NOT NULL,
	`purpose` text NOT NULL,
	`user_uuid` text NOT NULL,
	`email` text NOT NULL,
	`email_key` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`expires_at_ms` integer NOT NULL,
	`used_at_ms` integer,
	FOREIGN KEY (`user_uuid`) REFERENCES `users`(`uuid`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `links_token` ON `links` (`token_hash`);--> statement-breakpoint
CREATE INDEX `links_user` ON `links` (`user_uuid`,`purpose`);--> statement-breakpoint
CREATE INDEX `links_reserved` ON `links` (`email_key`) WHERE purpose = 'undo';--> statement-breakpoint
CREATE INDEX `links_expiry` ON `links` (`expires_at_ms`);--> statement-breakpoint
CREATE TABLE `messages` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`user_uuid` text,
	`recipient` text,
	`facts` text NOT NULL,
	`state` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`next_attempt_at_ms` integer,
	`sent_at_ms` integer,
	`provider_id` text
);
--> statement-breakpoint
CREATE INDEX `messages_next_attempt` ON `messages` (`next_attempt_at_ms`) WHERE next_attempt_at_ms IS NOT NULL;--> statement-breakpoint
CREATE INDEX `messages_provider` ON `messages` (`provider_id`) WHERE provider_id IS NOT NULL;--> statement-breakpoint
CREATE INDEX `messages_user` ON `messages` (`user_uuid`,`created_at_ms`);--> statement-breakpoint
CREATE INDEX `messages_age` ON `messages` (`created_at_ms`);--> statement-breakpoint
ALTER TABLE `users` ADD `email_verified_at_ms` integer;--> statement-breakpoint
ALTER TABLE `users` ADD `email_complaint` text;--> statement-breakpoint
ALTER TABLE `users` ADD `muted_messages` text;--> statement-breakpoint
ALTER TABLE `users` ADD `refunds_from_ms` integer;--> statement-breakpoint
ALTER TABLE `users` ADD `revoke_due_at_ms` integer;--> statement-breakpoint
CREATE INDEX `users_to_revoke` ON `users` (`revoke_due_at_ms`) WHERE revoke_due_at_ms IS NOT NULL;