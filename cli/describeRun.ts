import type { LineOf } from "../provider/ledger/line";
import { endsOf, type LedgerCall, type LedgerRun, type LedgerStep } from "../provider/ledger/runs";
import { ends } from "../provider/model/relationship";
import { describeRows } from "./table";

/** A run for people: what it was for, what it sent, how it ended. `follower` is the run that went on from it. */
export function describeRun(run: LedgerRun, follower: LedgerRun | undefined, columns: number): string {
	const { started, plannedAgain, steps, ended } = run;
	const rows: [string, string][] = [
		["wish", started.before === null ? started.wish : `${started.wish}; seen before: ${started.before}`],
		describeSubject(started),
		["who", describeWho(started.who)],
		["why", started.why ?? "not said"],
	];
	for (const { consent } of [started, ...plannedAgain]) {
		const text = describeConsent(consent);
		if (text !== null) rows.push(["consent", text]);
	}
	if (started.goesOnFrom !== null) rows.push(["goes on", "from a run that did not end"]);
	for (const step of steps) rows.push(...describeStep(step));
	if (ended === null) rows.push(["ended", describeNoEnd(steps, follower)]);
	else rows.push(...describeEnd(ended));
	const body = describeRows(rows, columns - indent.length);
	return `${headOf(started)}\n${body.replace(/^(?=.)/gm, indent)}`;
}

const indent = "  ";

function headOf({ at, name, project, stack }: LineOf<"runStarted">): string {
	const place = project === null ? "" : ` (${project}, ${stack})`;
	return `${describeTime(at)}  ${name ?? "a resource without a name"}${place}`;
}

function describeSubject(started: LineOf<"runStarted">): [string, string] {
	const told = endsOf(started);
	if (told !== null) {
		const { relationship = "Mirror" } = started;
		const kind = relationship === "Mirror" ? "" : ` (${relationship})`;
		return ["ends", `${ends.map((end) => describePlace(told[end])).join(", ")}${kind}`];
	}
	const { host = "", storageSubsystem, friendlyName } = started.group ?? {};
	if (storageSubsystem === undefined || friendlyName === undefined) return ["group", `a group at ${host}`];
	return ["group", `${friendlyName} of ${storageSubsystem} at ${host}`];
}

function describePlace({ host, virtualDisk }: NonNullable<LineOf<"runStarted">["source"]>): string {
	return virtualDisk === undefined ? `a disk at ${host}` : `${virtualDisk} at ${host}`;
}

export function describeWho({ from, actor, place, run, url }: LineOf<"runStarted">["who"]): string {
	if (from === "machine") return `${actor} on ${place}`;
	const link = url === null ? "" : `, ${url}`;
	return `${actor} by ${from}, ${place}${run === null ? "" : ` run ${run}`}${link}`;
}

export function describeConsent(consent: LineOf<"plannedAgain">["consent"]): string | null {
	if (consent === null) return null;
	switch (consent.by) {
		case "nothingNeeded":
			return null;
		case "approval":
			return `a token (its digest: ${consent.tokenDigest})`;
		case "expendable":
			return `expendable: ${consent.expendable}`;
		case "lag":
			return `maxDataLossSeconds ${consent.maxDataLossSeconds}, ${consent.lagSeconds} s behind when it was planned`;
		case "nothing":
			return `missing: ${consent.reason}`;
		default:
			return consent satisfies never;
	}
}

/** A line for each call, and one for what only waited. */
function describeStep({ step, of, calls, proved }: LedgerStep): [string, string][] {
	const label = `${step}/${of}`;
	const seen = proved === null ? "" : `, ${proved.seen} after ${describeDuration(proved.durationMs)}`;
	if (calls.length === 0) return [[label, `waited${seen}`]];
	return calls.map((call, index) => [
		label,
		`${describeCall(call)}: ${describeAnswer(call)}${index === calls.length - 1 ? seen : ""}`,
	]);
}

export function describeCall({ started: { operation, number, virtualDisk, host } }: LedgerCall): string {
	const name = number === null ? operation : `${operation} (${number})`;
	return virtualDisk === undefined ? `${name} at ${host}` : `${name} of ${virtualDisk} at ${host}`;
}

export function describeAnswer({ ended }: LedgerCall): string {
	if (ended === null) return "no answer known";
	const after = ` after ${describeDuration(ended.durationMs)}`;
	const { answer } = ended;
	switch (answer.how) {
		case "answered":
			return `answered ${answer.returnCode}${answer.job === null ? "" : `, job ${answer.job}`}${after}`;
		case "cutOff":
			return `cut off${after}, it may have had its effect`;
		case "notSent":
			return "not sent";
		default:
			return answer satisfies never;
	}
}

function describeEnd({ stop, failed, notTried, seen, dataSafe, durationMs }: LineOf<"runEnded">): [string, string][] {
	const last = seen === null ? "" : `; last seen: ${seen}`;
	const how = stop === null ? "finished" : `stopped with ${stop.code}`;
	return [
		["ended", `${how} after ${describeDuration(durationMs)}${last}`],
		...(stop === null ? [] : [["because", stop.what] as [string, string]]),
		...(failed === null ? [] : [["failed", failed] as [string, string]]),
		...notTried.map((step): [string, string] => ["not tried", step]),
		["data safe", dataSafe],
	];
}

function describeNoEnd(steps: readonly LedgerStep[], follower: LedgerRun | undefined): string {
	const last = steps.flatMap(({ calls }) => calls).at(-1);
	const call =
		last === undefined ? "It sent nothing" : `Its last call: ${describeTime(last.started.at)} ${describeCall(last)}`;
	const next = follower === undefined ? "" : ` The run of ${describeTime(follower.started.at)} went on from it.`;
	return `did not end: killed, or still running. ${call}.${next}`;
}

function describeTime(at: string): string {
	return at.replace(/\.\d+Z$/, "Z");
}

/** `0.4 s`, `4 min 10 s`, `1 h 5 min`. */
export function describeDuration(ms: number): string {
	const seconds = ms / 1_000;
	if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
	const whole = Math.round(seconds);
	const [hours, minutes] = [Math.floor(whole / 3_600), Math.floor(whole / 60) % 60];
	return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${whole % 60} s`;
}
