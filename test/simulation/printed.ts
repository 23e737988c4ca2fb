export interface Loss {
	/** Or the group, of whose disks it is. */
	readonly disk: string;
	readonly age: "recent" | "any";
	/** Of the group's disks those of these pairs alone, by UniqueId; left out: all. */
	readonly pairs?: readonly string[];
}

/** A consent as a preview printed it: whose writes may go, how old ones, and the token that says so. */
export interface Consent {
	readonly token: string;
	readonly losses: readonly Loss[];
	/** Disks whose point in time may go, if nobody wrote to them. */
	readonly images: readonly string[];
	readonly printedMs: number;
	readonly urn: string;
}

/** Reads a consent out of a warning, as a person does; null: it asks for none. */
export function consentIn(urn: string, warning: string, printedMs: number): Consent | null {
	const token = /approval: "([0-9a-f-]+)"/.exec(warning)?.[1];
	if (token === undefined) return null;
	const told = warning.matchAll(
		/: (\S+) at \S+ (loses its most recent|loses all|is deleted|loses its point)(?:.*, for (.*) alone)?/g,
	);
	const disks = [...told].map(([, disk = "", what, pairs]) => ({ disk, what, pairs: pairs?.split(", ") }));
	const losses = disks
		.filter(({ what }) => what !== "loses its point")
		.map(({ disk, what, pairs }) => ({
			disk,
			...(pairs === undefined ? {} : { pairs }),
			age: what === "loses its most recent" ? ("recent" as const) : ("any" as const),
		}));
	const images = disks.filter(({ what }) => what === "loses its point").map(({ disk }) => disk);
	return { token, losses, images, printedMs, urn };
}
