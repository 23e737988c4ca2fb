/** What a word in colour says: all is well, look here, this stops you. */
export type Tone = "good" | "doubtful" | "bad";

export type Paint = (tone: Tone, text: string) => string;

const codes = { good: 32, doubtful: 33, bad: 31 } as const satisfies Record<Tone, number>;

/** Colours on a terminal alone: not into a file or a pipe, and not where NO_COLOR says so (no-color.org). */
export function paintFor(
	stream: { readonly isTTY?: boolean },
	{ NO_COLOR, TERM }: NodeJS.ProcessEnv = process.env,
): Paint {
	const plain = stream.isTTY !== true || TERM === "dumb" || (NO_COLOR !== undefined && NO_COLOR !== "");
	return plain ? (_, text) => text : (tone, text) => `\u001b[${codes[tone]}m${text}\u001b[39m`;
}
