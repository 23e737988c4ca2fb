import type { Summary } from "./estate";

/** All of an estate in one line, for whoever is woken up. */
export function nightLine(summary: Summary): string {
	const {
		relationships,
		copies,
		groups,
		restoresOpen,
		isProtected,
		notProtected,
		protectionNotKnown,
		needPerson,
		worstLag,
	} = summary;
	if (relationships === 0 && groups === 0)
		return summary.condition === "unread" ? "Which relationships there are is not known." : "No relationships.";
	const mirrors = relationships - copies;
	const parts = [
		`${isProtected} of ${mirrors} protected`,
		...(notProtected === 0 ? [] : [`${notProtected} not`]),
		...(protectionNotKnown === 0 ? [] : [`${protectionNotKnown} not known`]),
	];
	const lag = worstLag === null ? "no lag is reported" : `worst lag ${worstLag.seconds} s (${worstLag.name})`;
	const people = needPerson === 0 ? "nobody is needed" : `${needPerson} need${needPerson === 1 ? "s" : ""} a person`;
	const copied = [
		...(copies === 0 ? [] : [`${copies} cop${copies === 1 ? "y" : "ies"}`]),
		...(restoresOpen === 0 ? [] : [`${restoresOpen} restore${restoresOpen === 1 ? "" : "s"} open`]),
		...(groups === 0 ? [] : [`${groups} replication group${groups === 1 ? "" : "s"}`]),
	].join(", ");
	return `${[...(mirrors === 0 ? [] : [parts.join(", "), lag]), ...(copied === "" ? [] : [copied]), people].join("; ")}.`;
}
