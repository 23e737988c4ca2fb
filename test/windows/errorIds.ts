import { resolve } from "node:path";
import { z } from "zod";
import { failureAnswer } from "../../provider/hosts/powershell/answers";
import { describeException } from "../../provider/hosts/powershell/callErrors";
import { type ExceptionMeaning, meaningOf } from "../../provider/hosts/powershell/exceptions";
import { classRows } from "./classes";
import { runScript } from "./runScript";
import type { Transcript } from "./transcript";

/** `rows`: how many instances came; `code`: what a method answered. Both null where the question failed before. */
const probe = z.object({
	name: z.string(),
	rows: z.number().nullable(),
	code: z.number().nullable(),
	failure: failureAnswer.nullable(),
});
export type Probe = z.infer<typeof probe>;

export function probesIn(text: string): readonly Probe[] {
	return [...text.matchAll(/^probe: (.*)$/gm)].map(([, json = ""]) => probe.parse(JSON.parse(json)));
}

/** What each question may end with. Never unknown: that would forbid an operator's next step. */
const allowed: Readonly<Record<string, readonly string[]>> = {
	"no such class": ["notSent"],
	"no such namespace": ["notSent"],
	"no such method": ["refused 1", "notSent"],
	"no such argument": ["notSent", "refused 5"],
	"no such instance": ["refused 8", "refused 1", "refused 5", "notSent"],
};

/** Judges the errors of one account by the bridge's own table. */
export function judgeProbes(probes: readonly Probe[], unprivileged: boolean, transcript: Transcript): void {
	for (const each of probes) {
		const { name, failure } = each;
		const meaning = meaningIn(each);
		transcript.note(name, { ...each, meaning });
		const wanted = allowed[name];
		if (wanted !== undefined) {
			const holds = wanted.includes(meaning) || (unprivileged && meaning === "refused 40001");
			transcript.expect(`${name}: ${wanted.join(" or ")}`, holds, [meaning, failure && describeException(failure)]);
		} else {
			// A class that nobody implements is nothing there; anything else must be an error that the bridge knows.
			const known = meaning !== "unknown" || failure?.missingClass === true;
			transcript.expect(`${name}: rows or an error that is known`, known, failure && describeException(failure));
		}
	}
	const names = probes.map(({ name }) => name);
	// Who may not read a provider cannot be asked to call it.
	const needed = classNames().length + Object.keys(allowed).length - (unprivileged ? 2 : 0);
	transcript.expect("every question was asked", probes.length >= needed, names);
}

/** `StorageWMI n` is an answer of the API like a return code. */
function meaningIn({ rows, code, failure }: Probe): string {
	if (failure === null) return code === null ? `${rows} rows` : wordOf({ means: "refused", returnCode: code });
	const told = /^StorageWMI (\d+)(?:,|$)/.exec(failure.errorId)?.[1];
	return wordOf(told === undefined ? meaningOf(failure) : { means: "refused", returnCode: Number(told) });
}

function wordOf(meaning: ExceptionMeaning): string {
	return meaning.means === "refused" ? `refused ${meaning.returnCode}` : meaning.means;
}

function classNames(): readonly string[] {
	// Of no instance: a type of argument.
	return [...new Set(classRows().map(({ class: name }) => name))].filter((name) => name !== "MSFT_ReplicationSettings");
}

function variables(): Record<string, string> {
	const BOOTSTRAP = resolve(__dirname, "../../provider/hosts/powershell/bootstrap.ps1");
	return { BOOTSTRAP, CLASSES: classNames().join(",") };
}

/** What asking for something that is not there ends with. */
export async function checkErrorIds(transcript: Transcript): Promise<void> {
	judgeProbes(probesIn(await runScript("errorIds.ps1", variables())), false, transcript);
}

/** The same as an account that may not. */
export async function checkUnprivileged(transcript: Transcript): Promise<void> {
	judgeProbes(probesIn(await runScript("asUnprivileged.ps1", variables())), true, transcript);
}
