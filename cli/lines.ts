/** A line that is not ended by then is malformed: a stream without line breaks must not fill the memory. */
export const maxLineBytes = 1024 * 1024;

export type Line = { readonly kind: "line"; readonly text: string } | { readonly kind: "tooLong" };

/** The lines of a stream, one at a time: LF or CRLF, with or without a last line break, a byte order mark ignored. */
export async function* linesOf(stream: AsyncIterable<Buffer | string>): AsyncGenerator<Line> {
	let held: Buffer[] = [];
	let heldBytes = 0;
	let first = true;
	const take = (): Line => {
		if (heldBytes > maxLineBytes) return { kind: "tooLong" };
		const text = Buffer.concat(held).toString("utf8").replace(/\r$/, "");
		return { kind: "line", text: first ? text.replace(/^\uFEFF/, "") : text };
	};
	for await (const piece of stream) {
		const chunk = typeof piece === "string" ? Buffer.from(piece) : piece;
		let start = 0;
		for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
			hold(chunk.subarray(start, end));
			yield take();
			first = false;
			held = [];
			heldBytes = 0;
			start = end + 1;
		}
		hold(chunk.subarray(start));
	}
	if (heldBytes > 0) yield take();

	function hold(part: Buffer): void {
		heldBytes += part.length;
		if (heldBytes <= maxLineBytes) held.push(part);
		else held = [];
	}
}
