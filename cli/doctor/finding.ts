/** `stop`: an update would fail. `warning`: it would run, with less than it could have. */
export type FindingLevel = "ok" | "warning" | "stop";

/** One answer. Everything but `ok` says what to do. */
export interface Finding {
	readonly level: FindingLevel;
	readonly check: string;
	readonly text: string;
	readonly remedy?: string;
}

export function ok(check: string, text: string): Finding {
	return { level: "ok", check, text };
}

export function warning(check: string, text: string, remedy: string): Finding {
	return { level: "warning", check, text, remedy };
}

export function stop(check: string, text: string, remedy: string): Finding {
	return { level: "stop", check, text, remedy };
}
