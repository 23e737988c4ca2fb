/** `2026-11-29 10:17:44 UTC`. */
export function timeOf(at: string): string {
	return at.replace("T", " ").replace(/(\.\d+)?Z$/, " UTC");
}
