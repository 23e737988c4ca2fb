import { embeddedHosts, type HostsConfig, readHostsConfig } from "../../provider/hosts/hostsConfig";
import { runsIn } from "../../provider/ledger/runs";
import { ReplicationError } from "../../provider/model/replicationError";
import { contentOf, notesOn } from "../history";
import { readHostsFile, unreadableFile } from "../relationshipOptions";
import { configuredInStack, isSecretInStack } from "../stackExport";
import { declarationsIn } from "./declarations";
import { groupsIn } from "./groups";
import type { EstateSources } from "./readEstate";

/** What the command line of `list` and `report` names. */
export interface SourceOptions {
	readonly host?: readonly string[];
	readonly hosts?: string;
	readonly stack?: string;
	readonly journal?: string;
	readonly lagLimit?: number;
}

export interface Sources extends EstateSources {
	readonly config: HostsConfig;
}

/** Reads the files that the command line names. Null: it names nothing to be read. */
export function sourcesIn({ host, hosts, stack, journal, lagLimit }: SourceOptions): Sources | null {
	if (host === undefined && hosts === undefined && stack === undefined && journal === undefined) return null;
	const config = hosts === undefined && stack !== undefined ? hostsInStack(stack) : readHostsFile(hosts);
	const ledger = journal === undefined ? ledgerOf(stack) : ledgerAt(journal);
	return {
		config,
		declarations: stack === undefined ? [] : declarationsIn(stack),
		groups: stack === undefined ? [] : groupsIn(stack),
		// With hosts and nothing else every one that is configured is meant.
		hostNames: host ?? (stack === undefined && hosts !== undefined ? configuredHosts(config) : []),
		lagLimitSeconds: lagLimit ?? null,
		...ledger,
	};
}

/** The hosts that exist without configuration are looked at when they are asked for. */
function configuredHosts(config: HostsConfig): string[] {
	return Object.keys(config).filter((name) => config[name] !== embeddedHosts[name]);
}

/** As the last up stored them with the provider. */
export function hostsInStack(stack: string): HostsConfig {
	// Without them every host would be told as one that nobody configured.
	if (isSecretInStack(stack, "hosts")) throw unreadableFile("stack", stack, "its hosts are secret; give --hosts");
	const [config, ...others] = configuredInStack(stack, "hosts");
	if (others.length > 0) throw unreadableFile("stack", stack, "several providers with hosts are in it; give --hosts");
	return readHostsConfig(config);
}

type Ledger = Pick<EstateSources, "runs" | "notes">;

function ledgerAt(path: string): Ledger {
	const content = contentOf(path);
	const runs = runsIn(content.lines).sort((one, other) => one.started.at.localeCompare(other.started.at));
	return { runs, notes: notesOn(content, runs) };
}

/** That of a stack is a path from its project's folder: from elsewhere it may not be found, which is told. */
function ledgerOf(stack: string | undefined): Ledger {
	const journals = stack === undefined ? [] : configuredInStack(stack, "journal");
	const [journal] = journals;
	if (journal === undefined) return { runs: null, notes: [] };
	if (journals.length > 1)
		return { runs: null, notes: [`several ledgers are in the stack: ${journals.join(", ")}; give --journal`] };
	try {
		return ledgerAt(journal);
	} catch (error) {
		if (!(error instanceof ReplicationError)) throw error;
		return { runs: null, notes: [`the ledger of the stack was left out: ${error.facts.what}`] };
	}
}
