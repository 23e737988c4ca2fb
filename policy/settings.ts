import type { EnforcementLevel, RuleName } from "./ruleName";
import type { ChangeWindow } from "./window";

/** What a pack decides about the rules. */
export interface PolicySettings {
	/** How each rule is enforced. Default: `mandatory`, all of them. */
	readonly enforcement?: Readonly<Partial<Record<RuleName, EnforcementLevel>>>;
	/** What a reason has to look like, for example `/^CHG-\d+/`. Default: any text. */
	readonly reason?: RegExp;
	/** When roles may move. Default: at any time. An empty list: at none. */
	readonly windows?: readonly ChangeWindow[];
	/** Whether the end that is declared `lost` may be failed away from outside every window: nobody plans a disaster. Default true. */
	readonly lostAtAnyTime?: boolean;
	/** The most that `maxDataLossSeconds` may consent to. Default: any number. */
	readonly maxDataLossSeconds?: number;
	/** Stacks in production, by name. Default `/^prod/`. */
	readonly production?: RegExp;
	/** What the reason of a relationship has to look like that may be deleted. Default `/^RETIRE\b/`. */
	readonly label?: RegExp;
	/** The moment that windows are compared with. Default: now. */
	readonly now?: () => Date;
}

/** The settings with their defaults, the moment, and what the environment says. */
export interface Circumstances {
	readonly reason: RegExp;
	readonly windows: readonly ChangeWindow[] | null;
	readonly lostAtAnyTime: boolean;
	readonly maxDataLossSeconds: number;
	readonly production: RegExp;
	readonly label: RegExp;
	readonly now: Date;
	/** STORAGE_REPLICATION_REASON, which comes before the argument `reason`. */
	readonly reasonOfRun: string | undefined;
}

export function circumstancesOf(settings: PolicySettings, environment: NodeJS.ProcessEnv): Circumstances {
	return {
		reason: settings.reason ?? /\S/,
		windows: settings.windows ?? null,
		lostAtAnyTime: settings.lostAtAnyTime ?? true,
		maxDataLossSeconds: settings.maxDataLossSeconds ?? Number.POSITIVE_INFINITY,
		production: settings.production ?? /^prod/,
		label: settings.label ?? /^RETIRE\b/,
		now: settings.now?.() ?? new Date(),
		reasonOfRun: environment.STORAGE_REPLICATION_REASON || undefined,
	};
}
