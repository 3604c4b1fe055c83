CREATE TABLE `erasures` (
	`user_uuid` text PRIMARY KEY NOT NULL,
	`uuid` text NOT NULL,
	`waives_balance` integer NOT NULL,
	`requested_at_ms` integer NOT NULL,
	`erase_at_ms` integer NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`next_attempt_at_ms` integer,
	`began_at_ms` integer,
	`erased_at_ms` integer
);
--> statement-breakpoint
CREATE INDEX `erasures_next_attempt` ON `erasures` (`next_attempt_at_ms`) WHERE next_attempt_at_ms IS NOT NULL;--> statement-breakpoint
ALTER TABLE `users` ADD `language` text;--> statement-breakpoint
ALTER TABLE `users` ADD `time_zone` text;