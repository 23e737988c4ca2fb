import type { Loss, PreviewedRelationship, PreviewedStack, Verdict } from "./ciSummaryRelationship";
import { wrapped } from "./table";

/** By this a step finds its comment of the last push and replaces it. */
export const marker = "<!-- storage-replication ci-summary -->";

/** A comment on GitHub may have 65,536 characters; GitLab and Azure Pipelines take more. */
export const maxLength = 60_000;

/**
 * A preview as Markdown for a pull request and a job summary. Everything that comes from the preview, names of disks
 * too, stands in code spans and fenced blocks alone, where no HTML, link, mention, reference or quick action is read.
 */
export function describeStack(stack: PreviewedStack): string {
	const ordered = [...stack.relationships].sort((one, other) => rankOf(one) - rankOf(other));
	const shown = ordered.filter(({ verdict }) => verdict.kind !== "unchanged");
	const head = [
		marker,
		headline(stack),
		...(stack.errors.length === 0 ? [] : [block("**The preview did not get through**", stack.errors)]),
		`**${verdictOfAll(ordered)}**`,
		...othersLine(stack.others),
	];
	return `${withinLength(head, shown).join("\n\n")}\n`;
}

function headline({ stack }: PreviewedStack): string {
	return stack === null
		? "## Storage replication"
		: `## Storage replication: stack ${code(stack.name)} of ${code(stack.project)}`;
}

/** What a person has to act on first. */
const order = [
	"needsApproval",
	"refused",
	"unread",
	"ends",
	"hidden",
	"changes",
	"stored",
	"unchanged",
] as const satisfies readonly Verdict["kind"][];

function rankOf({ verdict }: PreviewedRelationship): number {
	return order.indexOf(verdict.kind);
}

const counted: Readonly<Record<Exclude<Verdict["kind"], "needsApproval">, (count: number) => string>> = {
	refused: (count) => `${count} cannot be done`,
	unread: (count) => `${count} could not be read`,
	ends: (count) => `${count} end${count === 1 ? "s" : ""}`,
	hidden: (count) => `${count} without a plan in sight`,
	changes: (count) => `${count} change${count === 1 ? "s" : ""}`,
	stored: (count) => `${count} stored without an operation`,
	unchanged: (count) => `${count} unchanged`,
};

function verdictOfAll(relationships: readonly PreviewedRelationship[]): string {
	if (relationships.length === 0) return "No relationship is in this preview.";
	const parts = order.flatMap((kind) => {
		const verdicts = relationships.flatMap(({ verdict }) => (verdict.kind === kind ? [verdict] : []));
		if (verdicts.length === 0) return [];
		return [kind === "needsApproval" ? countLosing(verdicts) : counted[kind](verdicts.length)];
	});
	return `${relationships.length} relationship${relationships.length === 1 ? "" : "s"}: ${parts.join(", ")}.`;
}

function countLosing(verdicts: readonly Verdict[]): string {
	const isOfWrites = verdicts.every((verdict) => verdict.kind !== "needsApproval" || isOnlyWrites(verdict.goes));
	const s = verdicts.length === 1 ? "s" : "";
	return `${verdicts.length} destroy${s} ${isOfWrites ? "writes" : "data"} and need${s} approval`;
}

/** An announcement that says nothing of it is of writes. */
function isOnlyWrites(goes: readonly Loss[]): boolean {
	return goes.every((loss) => loss === "writes");
}

const lossNames: Readonly<Record<Loss, string>> = { writes: "writes", pointInTime: "a point in time", disk: "a disk" };

function namesOf(goes: readonly Loss[]): string {
	return goes.map((loss) => lossNames[loss]).join(" and ") || lossNames.writes;
}

function othersLine(others: PreviewedStack["others"]): string[] {
	const parts = Object.entries(others).map(([op, count]) => `${count} ${code(op)}`);
	return parts.length === 0 ? [] : [`Other resources, not shown here: ${parts.join(", ")}.`];
}

/**
 * As much as a comment holds, the worst first. All tokens are told, also of what is left out: nobody should learn at the
 * gate that one is missing.
 */
function withinLength(head: readonly string[], shown: readonly PreviewedRelationship[]): string[] {
	const tokens = shown.flatMap(({ verdict }) => (verdict.kind === "needsApproval" ? [verdict.token] : []));
	const tail = tokens.length < 2 ? [] : [allTokens(tokens)];
	let left = maxLength - [...head, ...tail].join("\n\n").length - leftOut(shown.length).length;
	const sections: string[] = [];
	for (const relationship of shown) {
		const section = describeRelationship(relationship);
		left -= section.length + "\n\n".length;
		if (left < 0) break;
		sections.push(section);
	}
	const missing = shown.length - sections.length;
	return [...head, ...sections, ...(missing === 0 ? [] : [leftOut(missing)]), ...tail];
}

function leftOut(count: number): string {
	return `**${count} more are not shown: a comment holds no more. \`pulumi preview\` shows them.**`;
}

function allTokens(tokens: readonly string[]): string {
	return block(
		"All tokens, to approve everything above (`STORAGE_REPLICATION_APPROVALS`)",
		[tokens.join(" ")],
		maxLength,
	);
}

function describeRelationship({ name, kind, ends, wish, verdict, notes }: PreviewedRelationship): string {
	const place = (end: { readonly host: string; readonly virtualDisk: string }) =>
		`${code(end.virtualDisk)} at ${code(end.host)}`;
	const pair = ends === null ? [] : [`${place(ends.source)} to ${place(ends.target)}`];
	const wished = wish === null ? [] : [`wished: ${code(wish)}`];
	const about = [...pair, ...wished].join("; ");
	return [
		`### ${code(name)} ${kind === "Mirror" ? "" : `(${kind}) `}${titleOf(verdict, kind)}`,
		...(about === "" ? [] : [about]),
		...describeVerdict(verdict, kind),
		...(notes.length === 0 ? [] : [block("Also told", notes)]),
	].join("\n\n");
}

function titleOf(verdict: Verdict, kind: PreviewedRelationship["kind"]): string {
	switch (verdict.kind) {
		case "needsApproval":
			return `destroys ${namesOf(verdict.goes)} and needs approval`;
		case "refused":
			return `cannot be done: ${verdict.code}`;
		case "unread":
			return "could not be read";
		case "ends":
			if (kind === "Mirror") return "ends: nothing protects these disks any more";
			if (kind === "Group") return "ends: nothing protects the disks of these groups any more";
			return verdict.by === "ReturnToResourcePool (19)" ? "ends: its disk is deleted" : "ends: it is no copy any more";
		case "hidden":
			return "changes, and how is not in the preview";
		case "changes":
			if (verdict.goes.length === 0) return "changes";
			return `changes, and ${kind === "Mirror" || kind === "Group" ? "recent writes" : namesOf(verdict.goes)} may go`;
		case "stored":
			return "is stored, nothing is sent";
		case "unchanged":
			return "is unchanged";
		default:
			return verdict satisfies never;
	}
}

function describeVerdict(verdict: Verdict, kind: PreviewedRelationship["kind"]): string[] {
	switch (verdict.kind) {
		case "needsApproval":
			return [
				...planBlock(verdict.plan),
				block("What is lost, and what to do first", verdict.asked),
				`If ${isOnlyWrites(verdict.goes) ? "those writes" : "that"} may go, the token is **\`${verdict.token}\`**. It fits this plan once.`,
			];
		case "refused":
			return [block("Why, and what to do", [verdict.reason]), ...planBlock(verdict.plan)];
		case "unread":
			return [block("Nothing is known of it, and nothing is taken for granted", [verdict.reason])];
		case "ends":
			return [`${verdict.by}, as the state says. ${describeEnding(verdict.by, kind)}`];
		case "hidden":
			return [
				`The engine calls it ${code(verdict.op)}. Its plan is secret, or waits for another resource: something may be sent.`,
			];
		case "changes":
			return planBlock(verdict.plan);
		case "stored":
			return [`The engine calls it ${code(verdict.op)}.`];
		case "unchanged":
			return [];
		default:
			return verdict satisfies never;
	}
}

function describeEnding(by: string, kind: PreviewedRelationship["kind"]): string {
	if (kind === "Mirror") return "Both disks stay, and nothing is copied between them any more.";
	if (kind === "Group") return "Both groups and all disks stay, and nothing is copied between them any more.";
	if (by === "ReturnToResourcePool (19)") return "Its disk is deleted, with all that it holds.";
	return kind === "Snapshot" && by === "Detach (8)"
		? "Its disk stays, and holds differences without a source."
		: "Its disk stays.";
}

/** A step says in brackets what it puts at risk, and whose writes go. */
function planBlock(plan: readonly string[]): string[] {
	return plan.length === 0 ? [] : [block("Operations, in this order", plan)];
}

const blockColumns = 100;
/** A message that is longer belongs into a log. */
const maxBlockLength = 8_000;

/** A title of ours, and text that is not ours in a fence that it cannot close. */
function block(title: string, lines: readonly string[], most = maxBlockLength): string {
	const text = lines
		.flatMap((line) => visible(line, "\n").split("\n"))
		.flatMap((line) => wrapped(line, blockColumns))
		.join("\n");
	const body = text.length <= most ? text : `${text.slice(0, most)}…`;
	const fence = "`".repeat(Math.max(3, longestRun(body) + 1));
	return `${title}:\n\n${fence}text\n${body}\n${fence}`;
}

const maxCodeLength = 200;

/** A code span that its content cannot end (CommonMark 6.1: its fences are longer than any run within). */
function code(text: string): string {
	const whole = visible(text, "");
	const shown = whole.length <= maxCodeLength ? whole : `${whole.slice(0, maxCodeLength)}…`;
	const fence = "`".repeat(longestRun(shown) + 1);
	// A span of blanks alone is none, and a backtick at its edge would join the fence.
	const padded = shown.trim() === "" ? "(blank)" : /^[` ]|[` ]$/.test(shown) ? ` ${shown} ` : shown;
	return `${fence}${padded}${fence}`;
}

function longestRun(text: string): number {
	return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}

/**
 * Control characters, those that no font shows and those that turn the direction of writing are told by their number: a
 * name must not end its line, nor show an operation that is another one.
 */
function visible(text: string, kept: "\n" | ""): string {
	return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/gu, (character) =>
		character === kept ? character : `\\u{${character.codePointAt(0)?.toString(16)}}`,
	);
}
