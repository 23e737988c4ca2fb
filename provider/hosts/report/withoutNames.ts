import type { Exception, UnreadClass } from "../powershell/answers";
import { isNamedIn } from "../powershell/unread";
import { type FailedRead, type HostRecord, hostRecord } from "./report";
import {
	authenticationTypes,
	categories,
	editions,
	exceptionTypes,
	executionPolicies,
	languageModes,
	miResults,
} from "./wordsOfWindows";

/**
 * A record that may leave its site: every text is replaced by a pseudonym or left out, unless it is a word of Windows
 * (wordsOfWindows.ts). What somebody adds to an answer later is replaced by that, not shown.
 */
export function withoutNames(record: HostRecord, pseudonym: (text: string) => string): HostRecord {
	const { kind, diagnosis, observation, capabilities, contact } = record;
	const arrays = arrayNamesIn(record);
	const failed = (failure: FailedRead): FailedRead => ({
		...failure,
		what: "",
		exception: failure.exception === null ? null : exceptionWithoutNames(failure.exception),
	});
	const unread = (part: UnreadClass): UnreadClass => ({
		...exceptionWithoutNames(part),
		// Which array it is about is told by the names in it (unread.ts), so those stay, as pseudonyms.
		message: namedIn(`${part.message} ${part.detail ?? ""}`, arrays)
			.map(pseudonym)
			.join(" "),
		source: namedIn(part.source, arrays).map(pseudonym).join(" "),
		className: classOf(part.className),
	});
	const rows = <T>(table: T, times: readonly number[] = []): T => renamed(table, pseudonym, times) as T;
	return hostRecord.parse({
		kind,
		diagnosis: diagnosis.ok
			? {
					ok: true,
					value: {
						...rows(diagnosis.value),
						version: versionIn(diagnosis.value.version) ?? "",
						edition: wordIn(editions, diagnosis.value.edition) ?? "",
						languageMode: wordIn(languageModes, diagnosis.value.languageMode) ?? "",
						executionPolicy: wordIn(executionPolicies, diagnosis.value.executionPolicy),
						account: accountWithoutName(diagnosis.value.account),
						hostTime: timeIn(diagnosis.value.hostTime),
						providers:
							diagnosis.value.providers?.map(([id, name, manufacturer, version, ...rest]) => [
								...rows([id, name]),
								// The vendor, whom a site can name itself; Microsoft's own are told apart by this.
								/^Microsoft\b/i.test(manufacturer ?? "") ? "Microsoft" : rows(manufacturer),
								versionIn(version),
								...rest,
							]) ?? null,
						unread: diagnosis.value.unread.map(unread),
					},
				}
			: failed(diagnosis),
		observation:
			observation === null
				? null
				: observation.ok
					? {
							ok: true,
							value: {
								...rows(observation.value),
								links: rows(observation.value.links, [syncTimeOfLink]),
								pairs: rows(observation.value.pairs, [syncTimeOfPair]),
								groups: observation.value.groups && {
									...rows(observation.value.groups),
									links: rows(observation.value.groups.links, [syncTimeOfLink]),
								},
								jobs: observation.value.jobs.map((job) => rows(job.with(errorDescriptionOfJob, null))),
								unread: observation.value.unread.map(unread),
								hostTime: timeIn(observation.value.hostTime),
							},
						}
					: failed(observation),
		capabilities: capabilities.map(({ subsystem, replicationType, of, answer }) => ({
			subsystem: pseudonym(subsystem),
			replicationType,
			of,
			answer: answer.ok ? { ok: true, value: rows(answer.value) } : failed(answer),
		})),
		contact: contact === null || contact.ok ? contact : failed(contact),
	});
}

/** Columns of `answers.ts`: SyncTime in `links` (of groups, too) and in `pairs`, ErrorDescription in `jobs`. */
const syncTimeOfLink = 12;
const syncTimeOfPair = 7;
const errorDescriptionOfJob = 7;

/** Every text in it, whatever it is; a time where one of these columns is one. */
function renamed(value: unknown, pseudonym: (text: string) => string, times: readonly number[]): unknown {
	if (typeof value === "string") return pseudonym(value);
	if (Array.isArray(value)) {
		return value.map((item, index) =>
			typeof item === "string" && times.includes(index) ? timeIn(item) : renamed(item, pseudonym, times),
		);
	}
	if (typeof value !== "object" || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, renamed(item, pseudonym, times)]));
}

/** The log-on, without who it is. */
function accountWithoutName(
	account: { readonly authenticationType: string; readonly logOnGroups: readonly string[] } | null,
) {
	if (account === null) return null;
	return {
		name: "",
		authenticationType: wordIn(authenticationTypes, account.authenticationType) ?? "",
		logOnGroups: account.logOnGroups.filter((sid) => /^S-1-5-\d{1,2}$/.test(sid)),
	};
}

/** Ids by which troubles and refusals are told apart, and no words. */
function exceptionWithoutNames(exception: Exception): Exception {
	const { stage, errorId, category, type, nativeErrorCode, hResult, messageId, missingClass } = exception;
	return {
		stage,
		errorId: idIn(errorId) ?? "",
		category: wordIn(categories, category) ?? "",
		type: wordIn(exceptionTypes, type) ?? "",
		message: "",
		nativeErrorCode: wordIn(miResults, nativeErrorCode),
		hResult: /^-?\d{1,10}$/.test(hResult ?? "") ? hResult : null,
		messageId: idIn(messageId),
		detail: null,
		missingClass,
	};
}

/** Names and ids by which this host lists arrays. */
function arrayNamesIn({ diagnosis, observation }: HostRecord): string[] {
	const listed: readonly (readonly unknown[])[] = [
		...(diagnosis.ok ? (diagnosis.value.subsystems ?? []) : []),
		...(observation?.ok ? observation.value.subsystems : []),
	];
	return [...new Set(listed.flat().filter((cell): cell is string => typeof cell === "string" && cell !== ""))];
}

function namedIn(text: string, names: readonly string[]): string[] {
	return names.filter((name) => isNamedIn(text, name));
}

function timeIn(text: string | null): string | null {
	const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)?$|^\d{14}\.\d{6}[+-]\d{3}$/;
	return text !== null && isTime.test(text) ? text : null;
}

/** Not an address, which has the form of a version too. */
function versionIn(text: string | null): string | null {
	return text !== null && /^\d{1,5}(?:\.\d{1,5}){0,3}$/.test(text) && !/^(?:\d{1,3}\.){3}\d{1,3}$/.test(text)
		? text
		: null;
}

function classOf(name: string): string {
	return /^MSFT_[A-Za-z]+$/.test(name) ? name : "";
}

function wordIn(words: readonly string[], text: string | null): string | null {
	return text !== null && words.includes(text) ? text : null;
}

/** Without the cmdlet behind the comma. */
function idIn(text: string | null): string | null {
	const id =
		/^(?:HRESULT 0x[0-9a-f]{8}|StorageWMI \d{1,5}|MI RESULT \d{1,2}|MiClientApiError_([A-Za-z]+|\d{1,2}))(?=,|$)/i.exec(
			text ?? "",
		);
	if (id === null) return null;
	const [whole, name] = id;
	return name === undefined || /^\d/.test(name) || miResults.includes(name) ? whole : null;
}
