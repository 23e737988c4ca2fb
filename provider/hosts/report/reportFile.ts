import { readFileSync, writeFileSync } from "node:fs";
import { describeIssues, inOurWords } from "../../model/describeIssues";
import { errorCodes } from "../../model/errorCodes";
import { ReplicationError } from "../../model/replicationError";
import { pseudonyms } from "./pseudonyms";
import { type HostRecord, type Report, report, reportVersion } from "./report";
import { withoutNames } from "./withoutNames";

/** Writes what hosts answered, without a name in it. One disk of two hosts is the same disk in the file too. */
export function writeReport(file: string, hosts: readonly HostRecord[]): void {
	const pseudonym = pseudonyms();
	const content: Report = {
		format: "storage-replication-report",
		version: reportVersion,
		hosts: hosts.map((host) => withoutNames(host, pseudonym)),
	};
	try {
		writeFileSync(file, `${JSON.stringify(content, null, "\t")}\n`);
	} catch (error) {
		throw new ReplicationError(
			{
				code: errorCodes.invalidCommandLine,
				class: "user",
				what: `the report ${file} could not be written: ${error instanceof Error ? error.message : String(error)}.`,
				dataSafety: "yes, nothing was changed.",
				remedy: "give a file in a folder that exists and may be written.",
			},
			{ cause: error },
		);
	}
}

/** The host in a report that is the `number`th, from 1. */
export function readRecord(file: string, number: number): HostRecord {
	const { hosts } = readReport(file);
	const record = hosts[number - 1];
	if (record === undefined)
		throw invalidReport(
			file,
			`it has ${hosts.length} hosts, and none is number ${number}`,
			"give the host's number, from 1, as `host`.",
		);
	return record;
}

function readReport(file: string): Report {
	let value: unknown;
	try {
		value = JSON.parse(readFileSync(file, "utf8"));
	} catch (error) {
		const why =
			error instanceof SyntaxError ? "it is not JSON" : error instanceof Error ? error.message : String(error);
		throw invalidReport(file, why);
	}
	const version = versionIn(value);
	if (version !== undefined && version !== reportVersion)
		throw invalidReport(file, `it is of version ${JSON.stringify(version)}, and this package reads ${reportVersion}`);
	const result = report.safeParse(value, inOurWords);
	if (!result.success) throw invalidReport(file, describeIssues(result.error, "the file"));
	return result.data;
}

/** Looked at first: of another version every other mistake follows. */
function versionIn(value: unknown): unknown {
	return typeof value === "object" && value !== null && "version" in value ? value.version : undefined;
}

function invalidReport(
	file: string,
	why: string,
	remedy = "give a file that doctor --report of this version of the package wrote.",
): ReplicationError {
	return new ReplicationError({
		code: errorCodes.reportFileInvalid,
		class: "user",
		what: `the report ${file} cannot be read: ${why}.`,
		dataSafety: "yes, nothing was contacted and nothing was changed.",
		remedy,
	});
}
