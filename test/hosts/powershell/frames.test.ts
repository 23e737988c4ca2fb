import { describe, expect, test } from "vitest";
import { decodeBody, encodeRequest, FrameReader } from "../../../provider/hosts/powershell/frames";
import { limits } from "../../../provider/hosts/powershell/limits";

const body = Buffer.from('{"ok":true}').toString("base64");
const frame = `<<PSR:0a:${body}>>`;

describe("frames", () => {
	test.each([
		["alone", `${frame}\n`],
		["behind an unfinished write and an escape sequence", `WARNING: \u001b[?1h${frame}\r\n`],
		["behind a byte order mark", `\ufeff${frame}\n`],
		["between lines", `noise\n${frame}\nnoise`],
	])("are found %s", (_name, text) => {
		expect(new FrameReader().push(text)).toEqual([{ id: "0a", body }]);
	});

	test("are found however the stream is cut", () => {
		const text = `x${frame}\n${frame}`;
		for (let cut = 0; cut < text.length; cut++) {
			const reader = new FrameReader();
			const found = [...reader.push(text.slice(0, cut)), ...reader.push(text.slice(cut)), ...reader.push("\n")];
			expect(found).toHaveLength(2);
		}
	});

	test("two in one line are both found", () => {
		expect(new FrameReader().push(`${frame}<<PSR:0b:>>\n`)).toEqual([
			{ id: "0a", body },
			{ id: "0b", body: "" },
		]);
	});

	test.each([`<<PSR:0a:${body.slice(0, 4)} WARNING\n`, `<<PSR:0a:${body}\n`, "<<PSR:0a:!!>>\n"])(
		"damage is seen: %j",
		(text) => {
			expect(new FrameReader().push(text)).toEqual([{ id: "0a", body: null }]);
		},
	);

	test("a line without an end has a limit", () => {
		const reader = new FrameReader();
		const piece = "x".repeat(limits.answerCharacters / 4);
		for (let count = 0; count < 4; count++) reader.push(piece);
		expect(() => reader.push("x")).toThrow(RangeError);
	});
});

describe("bodies", () => {
	test("that are cut or are no JSON are errors", () => {
		expect(() => decodeBody(body.slice(0, -3))).toThrow();
		expect(() => decodeBody(Buffer.from("{").toString("base64"))).toThrow(SyntaxError);
	});

	test("arrays that Windows PowerShell 5.1 wrapped are arrays", () => {
		const wrapped = Buffer.from('{"rows":{"value":[{"value":[],"Count":0},1],"Count":2},"a":{"value":[1],"Count":3}}');
		expect(decodeBody(wrapped.toString("base64"))).toEqual({ rows: [[], 1], a: { value: [1], Count: 3 } });
	});

	test("a request is one line of ASCII, its strings marked against date conversion", () => {
		const line = encodeRequest("0a", { command: "job", id: "2024-01-01’$(x)\n'日", percent: 3, none: null });
		expect(line).toMatch(/^Invoke-Request '0a' '[A-Za-z0-9+/=]+'\n$/);
		const sent = JSON.parse(Buffer.from(line.split("'")[3] ?? "", "base64").toString("utf8"));
		expect(sent).toEqual({ command: "=job", id: "=2024-01-01’$(x)\n'日", percent: 3, none: null });
	});
});
