/** A consent as a preview printed it: whose writes may go, how old ones, and the token that says so. */
export interface Consent {
	readonly token: string;
	readonly losses: readonly { readonly disk: string; readonly age: "recent" | "any" }[];
	readonly printedMs: number;
	readonly urn: string;
}

/** Reads a consent out of a warning, as a person does; null: it asks for none. */
export function consentIn(urn: string, warning: string, printedMs: number): Consent | null {
	const token = /approval: "([0-9a-f-]+)"/.exec(warning)?.[1];
	if (token === undefined) return null;
	const losses = [...warning.matchAll(/: (\S+) at \S+ loses (its most recent|all) writes/g)].map(
		([, disk = "", age]) => ({
			disk,
			age: age === "all" ? ("any" as const) : ("recent" as const),
		}),
	);
	return { token, losses, printedMs, urn };
}
