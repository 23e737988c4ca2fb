# The far half of the bridge: one constant script, loaded once per PowerShell process. It reads classes and calls
# methods of root/Microsoft/Windows/Storage and answers with facts; every decision is made in TypeScript.
# Rules: the language of Windows PowerShell 5.1; no text from a request ever becomes script, WQL or a path; a property
# that a provider lacks is read as null; an error of a read is never an empty answer. Facts: docs/hosts.md.

$ErrorActionPreference = 'Stop'
# Host text would only be noise between the frames, and a prompt would hang a process without a console.
$ProgressPreference = 'SilentlyContinue'
$WarningPreference = 'SilentlyContinue'
$VerbosePreference = 'SilentlyContinue'
$DebugPreference = 'SilentlyContinue'
$InformationPreference = 'SilentlyContinue'
$ConfirmPreference = 'None'
# Every line sent enters the session history.
$MaximumHistoryCount = 1
# NO_COLOR does not travel over ssh.
if ($PSVersionTable.PSVersion -ge [version]'7.2') { $PSStyle.OutputRendering = 'PlainText' }

$global:PsrNamespace = 'root/Microsoft/Windows/Storage'
$global:PsrConnection = @{ ComputerName = $null; UserName = $null; Secret = $null; Protocol = $null; Port = $null; UseSsl = $false; Authentication = ''; Session = $null; TimeoutSec = [uint32]60 }
# 'before': nothing that changes anything has been sent. 'during': an effect is possible.
$global:PsrStage = 'before'
# Errors of the reads of this request that came beside rows: providers report an array in trouble that way and deliver
# the rest (windows-driver-docs, smp-behavior-interaction, soft errors).
$global:PsrUnread = $null

function Send-PsrFrame([string]$Id, $Body) {
	$json = ConvertTo-Json -InputObject $Body -Depth 10 -Compress
	[Console]::Out.WriteLine('<<PSR:' + $Id + ':' + [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes($json)) + '>>')
	[Console]::Out.Flush()
}

# Strings arrive behind one character, because PowerShell 7 turns strings that look like dates into dates.
function Read-PsrText($Request, [string]$Name) {
	$value = Read-PsrMember $Request $Name
	if ($null -eq $value) { return $null }
	return ([string]$value).Substring(1)
}

# Several of them.
function Read-PsrTexts($Request, [string]$Name) {
	return , @(foreach ($text in (Read-PsrMember $Request $Name)) { ([string]$text).Substring(1) })
}

# A member by name, of an instance, a hashtable or an object; null where it is missing. Does not unroll arrays.
function Read-PsrMember($Object, [string]$Name) {
	if ($null -eq $Object) { return $null }
	if ($Object -is [System.Collections.IDictionary]) {
		foreach ($key in $Object.Keys) { if ([string]::Equals([string]$key, $Name, 'OrdinalIgnoreCase')) { return , $Object[$key] } }
		return $null
	}
	$property = $Object.PSObject.Properties[$Name]
	if ($null -eq $property -or $null -eq $property.Value) { return $null }
	return , $property.Value
}

# An element by name in what CimClass offers: a keyed collection, a hashtable, an object or a list of names.
function Find-PsrNamed($Collection, [string]$Name) {
	if ($null -eq $Collection) { return $null }
	$direct = Read-PsrMember $Collection $Name
	if ($null -ne $direct) { return , $direct }
	if ($Collection -is [System.Collections.IDictionary]) {
		foreach ($key in $Collection.Keys) { if ([string]::Equals([string]$key, $Name, 'OrdinalIgnoreCase')) { return $true } }
		return $null
	}
	foreach ($element in @($Collection)) {
		if ($null -eq $element) { continue }
		if ($element -is [string]) { if ([string]::Equals($element, $Name, 'OrdinalIgnoreCase')) { return $true } else { continue } }
		if ([string]::Equals([string](Read-PsrMember $element 'Name'), $Name, 'OrdinalIgnoreCase')) { return $element }
	}
	return $null
}

# The key of a reference, whatever carries it: an instance, a key-only instance, an object path, the id itself.
function Get-PsrKey($Reference) {
	if ($null -eq $Reference) { return '' }
	if ($Reference -is [System.Collections.IList] -and $Reference -isnot [string]) {
		if ($Reference.Count -eq 0) { return '' }
		$Reference = $Reference[0]
	}
	if ($Reference -is [string]) {
		# Anchored: an ObjectId of Windows itself holds `ObjectId="…"`, behind a brace (`{1}\\host\root/…:VD:…`).
		$match = [regex]::Match($Reference, '^[^"{]*\b(?:ObjectId|InstanceID|UniqueId)\s*=\s*"((?:[^"\\]|\\.)*)"$', 'IgnoreCase')
		if ($match.Success) { return [regex]::Replace($match.Groups[1].Value, '\\(.)', '$1') }
		return $Reference
	}
	foreach ($name in 'ObjectId', 'InstanceID', 'UniqueId') {
		$value = [string](Read-PsrMember $Reference $name)
		if ($value -ne '') { return $value }
	}
	return ''
}

function Test-PsrSame([string]$Left, [string]$Right) {
	return ($Left -ne '' -and [string]::Equals($Left, $Right, 'OrdinalIgnoreCase'))
}

# Parameters of every CIM cmdlet. Without a session PowerShell uses local COM: a session that could not be renewed must
# not turn the far host into this machine, so it is opened again or the call fails.
function Get-PsrCommon {
	if ($null -ne $global:PsrConnection.ComputerName -and $null -eq $global:PsrConnection.Session) { Open-PsrSession }
	$common = @{ ErrorAction = 'Stop'; OperationTimeoutSec = $global:PsrConnection.TimeoutSec }
	if ($null -ne $global:PsrConnection.Session) { $common['CimSession'] = $global:PsrConnection.Session }
	return $common
}

# CimCmdlets errors are non-terminating; one that slipped through as output must not look like an instance.
function Assert-PsrNoError($Items) {
	foreach ($item in $Items) { if ($item -is [System.Management.Automation.ErrorRecord]) { throw $item } }
}

# What was looked for and not found may only be hidden by an error that came beside the rows.
function Assert-PsrWhole([string[]]$ClassNames) {
	foreach ($part in $global:PsrUnread) { if ($ClassNames -contains $part.class) { throw $part.record } }
}

# Whether an error says that there is no such class, or that nobody implements it (NotSupported). CimCmdlets give ten
# other codes the category MetadataError as well, so the native code and the id decide; category and message only where
# the error is not CIM's own. A read that failed for any other reason must not look like an empty answer.
function Test-PsrMissingClass($Record) {
	if ($Record.FullyQualifiedErrorId -match '80041010|8004100c|80041024|(?:MiClientApiError_|MI RESULT )(?:[57]|InvalidClass|NotSupported)\b') { return $true }
	$native = [string](Read-PsrMember $Record.Exception 'NativeErrorCode')
	if ($native -ne '') { return ($native -eq 'InvalidClass' -or $native -eq 'NotSupported') }
	if (Test-PsrOwnError $Record) { return $false }
	return ('MetadataError', 'ObjectNotFound' -contains [string]$Record.CategoryInfo.Category -or $Record.Exception.Message -match '\b(?:invalid|unknown|no such|no) class\b|\bclass\b.*\b(?:not found|does not exist)\b')
}

# Whether an error is CIM's own, which every error of a Windows is.
function Test-PsrOwnError($Record) {
	return ($Record.FullyQualifiedErrorId -match '^(?:HRESULT|StorageWMI|MiClientApiError|MI RESULT)' -or [string](Read-PsrMember $Record.Exception 'NativeErrorCode') -ne '')
}

# The instances of a class that can be read; errors beside them are kept. Null only where the class does not exist and
# the caller can do without it.
function Get-PsrInstance([string]$ClassName, [bool]$Optional) {
	$common = Get-PsrCommon
	$common['ErrorAction'] = 'Continue'
	$items = [System.Collections.Generic.List[object]]::new()
	$failures = [System.Collections.Generic.List[object]]::new()
	try {
		Get-CimInstance -Namespace $global:PsrNamespace -ClassName $ClassName @common 2>&1 | ForEach-Object {
			if ($_ -is [System.Management.Automation.ErrorRecord]) { $failures.Add($_) }
			# Text among the instances is somebody's talk.
			elseif ($null -ne $_ -and $_ -isnot [string]) { $items.Add($_) }
		}
	} catch { $failures.Add($_) }
	if ($failures.Count -gt 0) {
		if ($items.Count -eq 0 -and (Test-PsrMissingClass $failures[0])) {
			if ($Optional) { return $null }
			throw $failures[0]
		}
		foreach ($failure in $failures) { Add-PsrUnread $ClassName $failure }
	}
	return , $items.ToArray()
}

function Add-PsrUnread([string]$ClassName, $Record) {
	$global:PsrUnread.Add(@{ class = $ClassName; record = $Record })
}

function Get-PsrAssociated($Instance, [string]$Association, [string]$ResultClassName) {
	$common = Get-PsrCommon
	if ($Association -eq '') { $items = @(Get-CimAssociatedInstance -InputObject $Instance -ResultClassName $ResultClassName @common 2>&1) }
	else { $items = @(Get-CimAssociatedInstance -InputObject $Instance -Association $Association -ResultClassName $ResultClassName @common 2>&1) }
	Assert-PsrNoError $items
	return , @($items | Where-Object { $null -ne $_ -and $_ -isnot [string] })
}

function Convert-PsrValue($Value, [string]$Kind) {
	if ($null -eq $Value) { return $null }
	switch ($Kind) {
		'text' { return [string]$Value }
		'number' { try { return [long]$Value } catch { return $null } }
		'flag' { try { return [System.Convert]::ToBoolean($Value) } catch { return $null } }
		'reference' { return (Get-PsrKey $Value) }
		'numbers' {
			$list = [System.Collections.Generic.List[object]]::new()
			foreach ($element in @($Value)) { try { $list.Add([long]$element) } catch { continue } }
			return , $list.ToArray()
		}
		'date' {
			if ($Value -is [datetime]) { return $Value.ToUniversalTime().ToString('o', [cultureinfo]::InvariantCulture) }
			if ($Value -is [datetimeoffset]) { return $Value.UtcDateTime.ToString('o', [cultureinfo]::InvariantCulture) }
			return [string]$Value
		}
	}
}

# Rows instead of objects: a thousand relationships are one answer. 'Outer.Inner' reads through an embedded instance.
function Get-PsrRows($Items, [string[]]$Columns) {
	$names = @($Columns | ForEach-Object { $_.Split(':')[0].Split('.') | Select-Object -Last 1 })
	$outers = @($Columns | ForEach-Object { $parts = $_.Split(':')[0].Split('.'); if ($parts.Count -eq 2) { $parts[0] } else { '' } })
	$kinds = @($Columns | ForEach-Object { $_.Split(':')[1] })
	$rows = [System.Collections.Generic.List[object]]::new()
	foreach ($item in @($Items)) {
		$row = [object[]]::new($names.Count)
		$plain = $item -isnot [System.Collections.IDictionary]
		$properties = $item.PSObject.Properties
		$outer = $null
		$outerName = ''
		for ($i = 0; $i -lt $names.Count; $i++) {
			# Without calls in the common cases: this loop runs for every property of every relationship.
			$value = $null
			if ($outers[$i] -ne '') {
				if ($outers[$i] -ne $outerName) {
					$outerName = $outers[$i]
					$outer = Read-PsrMember $item $outerName
					if ($outer -is [string]) { $outer = $null }
				}
				if ($null -eq $outer) { continue }
				if ($outer -is [System.Collections.IDictionary]) { $value = Read-PsrMember $outer $names[$i] }
				else {
					$property = $outer.PSObject.Properties[$names[$i]]
					if ($null -ne $property) { $value = $property.Value }
				}
			} elseif ($plain) {
				$property = $properties[$names[$i]]
				if ($null -ne $property) { $value = $property.Value }
			} else { $value = Read-PsrMember $item $names[$i] }
			if ($null -eq $value) { continue }
			$kind = $kinds[$i]
			if ($kind -eq 'text' -and $value -is [string]) { $row[$i] = $value; continue }
			if ($kind -eq 'number' -and ($value -is [uint16] -or $value -is [int] -or $value -is [long])) { $row[$i] = $value; continue }
			if ($kind -eq 'reference' -and $value -isnot [System.Collections.ICollection]) {
				$property = $value.PSObject.Properties['ObjectId']
				if ($null -ne $property -and $property.Value -is [string] -and $property.Value -ne '') { $row[$i] = $property.Value; continue }
			}
			$row[$i] = Convert-PsrValue $value $kind
		}
		$rows.Add($row)
	}
	return , $rows.ToArray()
}

$global:PsrPeerColumns = @('ObjectId:text', 'PeerUniqueId:text', 'PeerObjectId:text', 'PeerObjectName:text', 'PeerSubsystemName:text', 'IsPrimary:flag')
$global:PsrSynchronizedColumns = @('CopyState:number', 'ProgressStatus:number', 'SyncMode:number', 'SyncType:number', 'PercentSynced:number', 'SyncTime:date', 'RequestedCopyState:number')
# Of a link: its peer, also where it is embedded, and the relationship.
$global:PsrFarEndColumns = @('ReplicaPeer:reference', 'ReplicaPeer.PeerUniqueId:text', 'ReplicaPeer.PeerObjectId:text', 'ReplicaPeer.PeerObjectName:text', 'ReplicaPeer.PeerSubsystemName:text', 'ReplicaPeer.IsPrimary:flag') + $global:PsrSynchronizedColumns
$global:PsrJobColumns = @('ObjectId:text', 'InstanceID:text', 'UniqueId:text', 'JobState:number', 'PercentComplete:number', 'OperationalStatus:numbers', 'ErrorCode:number', 'ErrorDescription:text')

# The far machine's clock, null where it may not be read: a lag told by our clock could consent to more than is allowed.
# Only where there is no such class or namespace, as on every stand-in for Windows, does ours have to do.
function Get-PsrClock {
	if ($null -ne $global:PsrConnection.ComputerName) {
		$common = Get-PsrCommon
		try {
			$system = @(Get-CimInstance -Namespace 'root/cimv2' -ClassName 'Win32_OperatingSystem' -Property 'LocalDateTime' @common)
			if ($system.Count -gt 0) { return (Convert-PsrValue (Read-PsrMember $system[0] 'LocalDateTime') 'date') }
		} catch {
			$nowhere = (Test-PsrMissingClass $_) -or $_.FullyQualifiedErrorId -match '8004100e|MiClientApiError_(?:3|InvalidNamespace)\b' -or [string](Read-PsrMember $_.Exception 'NativeErrorCode') -eq 'InvalidNamespace'
			if ((Test-PsrOwnError $_) -and -not $nowhere) { return $null }
		}
	}
	return [datetime]::UtcNow.ToString('o', [cultureinfo]::InvariantCulture)
}

function Get-PsrObservation {
	$seen = @{ Disks = Get-PsrInstance 'MSFT_VirtualDisk' $false }
	# A host that lists no disk at all is not read.
	if ($seen.Disks.Count -eq 0) { Assert-PsrWhole 'MSFT_VirtualDisk' }
	$seen.Links = Get-PsrInstance 'MSFT_VirtualDiskToReplicaPeer' $false
	$seen.Peers = Get-PsrInstance 'MSFT_ReplicaPeer' $true
	$seen.Pairs = Get-PsrInstance 'MSFT_VirtualDiskToVirtualDisk' $true
	$seen.Subsystems = Get-PsrInstance 'MSFT_StorageSubSystem' $true
	$seen.Holds = Get-PsrInstance 'MSFT_StorageSubSystemToVirtualDisk' $true
	Add-PsrJobs $seen
	$rows = Get-PsrSeenRows $seen
	Set-PsrKeys $seen
	# Behind the keys, which are whole without them.
	Add-PsrGroups $rows
	return $rows
}

# What this process saw last, by the key of a disk: the instances that are read again by key.
$global:PsrKeys = $null

function New-PsrTable { return [hashtable]::new([System.StringComparer]::OrdinalIgnoreCase) }

function Add-PsrKeyed($Table, $Instances, [string[]]$Ends) {
	foreach ($instance in @($Instances)) {
		if ($null -eq $instance) { continue }
		foreach ($end in $Ends) {
			$key = Get-PsrKey (Read-PsrMember $instance $end)
			if ($key -eq '') { continue }
			if (-not $Table.ContainsKey($key)) { $Table[$key] = [System.Collections.Generic.List[object]]::new() }
			$Table[$key].Add($instance)
		}
	}
}

function Set-PsrKeys($Seen) {
	$global:PsrKeys = $null
	# Errors beside the rows: some links may be hidden, and a reading by key would not show them either.
	if ($global:PsrUnread.Count -gt 0) { return }
	$global:PsrKeys = @{ Age = [System.Diagnostics.Stopwatch]::StartNew(); Disks = New-PsrTable; Holds = New-PsrTable; Subsystems = $Seen.Subsystems }
	foreach ($disk in @($Seen.Disks)) { $global:PsrKeys.Disks[(Get-PsrKey $disk)] = $disk }
	Add-PsrKeyed $global:PsrKeys.Holds $Seen.Holds 'VirtualDisk'
	Set-PsrLinkKeys $Seen
}

function Set-PsrLinkKeys($Seen) {
	foreach ($name in 'Links', 'Pairs', 'Peers') { $global:PsrKeys[$name] = New-PsrTable }
	Add-PsrKeyed $global:PsrKeys.Links $Seen.Links 'VirtualDisk'
	Add-PsrKeyed $global:PsrKeys.Pairs $Seen.Pairs 'SourceVirtualDisk', 'TargetVirtualDisk'
	foreach ($peer in @($Seen.Peers)) { if ($null -ne $peer) { $global:PsrKeys.Peers[(Get-PsrKey $peer)] = $peer } }
}

# What the keys hold of some disks, each once.
function Get-PsrKeyed($Table, [string[]]$Ids) {
	$found = [System.Collections.Generic.List[object]]::new()
	foreach ($id in $Ids) { foreach ($instance in @($Table[$id])) { if ($null -ne $instance -and -not $found.Contains($instance)) { $found.Add($instance) } } }
	return , $found.ToArray()
}

# The peers that links lead to.
function Get-PsrPeersOf($Links) {
	$found = [System.Collections.Generic.List[object]]::new()
	foreach ($link in $Links) {
		$key = Get-PsrKey (Read-PsrMember $link 'ReplicaPeer')
		if ($global:PsrKeys.Peers.ContainsKey($key)) { $found.Add($global:PsrKeys.Peers[$key]) }
	}
	return , $found.ToArray()
}

# Instances as they are now, by their keys; null where one is not there any more or is not served so. Providers have to
# serve GetInstance, but not of associations (windows-driver-docs, smp-behavior-interaction).
function Get-PsrAgain($Instances) {
	$common = Get-PsrCommon
	$again = [System.Collections.Generic.List[object]]::new()
	foreach ($instance in $Instances) {
		$now = $null
		try {
			foreach ($item in @(Get-CimInstance -InputObject $instance @common 2>&1)) {
				if ($item -is [System.Management.Automation.ErrorRecord]) { return $null }
				if ($null -ne $item -and $item -isnot [string]) { $now = $item }
			}
		} catch { return $null }
		if ($null -eq $now) { return $null }
		$again.Add($now)
	}
	return , $again.ToArray()
}

# Disks, and those that pairs inside their array lead to: such a pair is shown with both of its disks.
function Get-PsrWithPairs($Keys, [string[]]$Ids) {
	$reached = [System.Collections.Generic.List[string]]::new($Ids)
	for ($i = 0; $i -lt $reached.Count; $i++) {
		foreach ($pair in (Get-PsrKeyed $Keys.Pairs @($reached[$i]))) {
			foreach ($end in 'SourceVirtualDisk', 'TargetVirtualDisk') {
				$key = Get-PsrKey (Read-PsrMember $pair $end)
				if (@($reached | Where-Object { Test-PsrSame $_ $key }).Count -eq 0) { $reached.Add($key) }
			}
		}
	}
	return , $reached.ToArray()
}

# Some disks with their relationships and jobs, by key. What is not there by its key has to be looked for among
# everything, by the caller.
function Get-PsrDisks($Request) {
	$ids = Read-PsrTexts $Request 'diskObjectIds'
	$keys = $global:PsrKeys
	$seen = @{ Disks = $null }
	# Links that were made since are in no key; another process may have read everything meanwhile, so each has an age of its own.
	if ($null -ne $keys -and $keys.Age.ElapsedMilliseconds -gt (Read-PsrMember $Request 'keysLifeMs')) { $keys = $null }
	if ($null -ne $keys) {
		$ids = Get-PsrWithPairs $keys $ids
		$seen.Disks = Get-PsrAgain @(foreach ($id in $ids) { if ($keys.Disks.ContainsKey($id)) { $keys.Disks[$id] } })
	}
	if ($null -eq $seen.Disks -or $seen.Disks.Count -lt $ids.Count) { return [ordered]@{ found = $false } }
	$seen.Subsystems = $keys.Subsystems
	$seen.Holds = Get-PsrKeyed $keys.Holds $ids
	$seen.Links = Get-PsrAgain (Get-PsrKeyed $keys.Links $ids)
	$seen.Pairs = Get-PsrAgain (Get-PsrKeyed $keys.Pairs $ids)
	$seen.Peers = $null
	if ($null -ne $seen.Links) { $seen.Peers = Get-PsrAgain (Get-PsrPeersOf $seen.Links) }
	if ($null -eq $seen.Peers -or $null -eq $seen.Pairs) {
		# A role change makes new links, and not every provider serves an association by its key.
		Set-PsrLinkKeys @{ Links = Get-PsrInstance 'MSFT_VirtualDiskToReplicaPeer' $false; Peers = Get-PsrInstance 'MSFT_ReplicaPeer' $true; Pairs = Get-PsrInstance 'MSFT_VirtualDiskToVirtualDisk' $true }
		# With errors beside them they are not all: the next reading by key would not show the rest.
		if ($global:PsrUnread.Count -gt 0) { $global:PsrKeys = $null; return [ordered]@{ found = $false } }
		$seen.Links = Get-PsrKeyed $keys.Links $ids
		$seen.Pairs = Get-PsrKeyed $keys.Pairs $ids
		$seen.Peers = Get-PsrPeersOf $seen.Links
	}
	Add-PsrJobs $seen
	$rows = Get-PsrSeenRows $seen
	$rows['found'] = $true
	return $rows
}

# All jobs, by key too: a provider that does not follow from a disk to its jobs may say nothing instead of an error, and a
# call into a busy array would follow. What they affect is asked where one runs.
function Add-PsrJobs($Seen) {
	$Seen.Jobs = Get-PsrInstance 'MSFT_StorageJob' $true
	$Seen.Affects = $null
	# 7 to 10: it has ended.
	$running = @($Seen.Jobs | Where-Object { $null -ne $_ -and (Convert-PsrValue (Read-PsrMember $_ 'JobState') 'number') -notin 7..10 })
	if ($running.Count -gt 0) { $Seen.Affects = Get-PsrInstance 'MSFT_StorageJobToAffectedStorageObject' $true }
}

function Get-PsrSeenRows($Seen) {
	$disks, $links, $peers, $pairs = $Seen.Disks, $Seen.Links, $Seen.Peers, $Seen.Pairs
	$subsystems, $holds, $jobs, $affects = $Seen.Subsystems, $Seen.Holds, $Seen.Jobs, $Seen.Affects
	$linkRows = Get-PsrRows $links (@('VirtualDisk:reference') + $global:PsrFarEndColumns)
	$peerRows = Get-PsrRows @($peers | Where-Object { $null -ne $_ }) $global:PsrPeerColumns
	# A reference that the enumeration of peers does not resolve is followed; it must not look like no relationship.
	$known = [hashtable]::new([System.StringComparer]::OrdinalIgnoreCase)
	foreach ($row in $peerRows) { if ($null -ne $row[0]) { $known[$row[0]] = $true } }
	$byId = [hashtable]::new([System.StringComparer]::OrdinalIgnoreCase)
	$followed = [System.Collections.Generic.List[object]]::new()
	$done = [hashtable]::new([System.StringComparer]::OrdinalIgnoreCase)
	foreach ($row in $linkRows) {
		if (-not [string]::IsNullOrEmpty($row[2]) -or ($null -ne $row[1] -and $known.ContainsKey($row[1])) -or [string]::IsNullOrEmpty($row[0])) { continue }
		if ($byId.Count -eq 0) { foreach ($disk in @($disks)) { $byId[(Get-PsrKey $disk)] = $disk } }
		if ($done.ContainsKey($row[0]) -or -not $byId.ContainsKey($row[0])) { continue }
		$done[$row[0]] = $true
		try { $ends = Get-PsrAssociated $byId[$row[0]] 'MSFT_VirtualDiskToReplicaPeer' 'MSFT_ReplicaPeer' } catch { Add-PsrUnread 'MSFT_ReplicaPeer' $_; continue }
		$followed.Add([ordered]@{ disk = $row[0]; peers = (Get-PsrRows $ends $global:PsrPeerColumns) })
	}
	# Without the association class, one question per array names the array of each disk.
	$held = [System.Collections.Generic.List[object]]::new()
	if ($null -eq $holds) {
		foreach ($subsystem in @($subsystems)) {
			if ($null -eq $subsystem) { continue }
			$inside = $null
			try { $inside = Get-PsrAssociated $subsystem '' 'MSFT_VirtualDisk' } catch { if (-not (Test-PsrMissingClass $_)) { Add-PsrUnread 'MSFT_StorageSubSystemToVirtualDisk' $_ } }
			foreach ($disk in @($inside)) { if ($null -ne $disk) { $held.Add([object[]]@((Get-PsrKey $subsystem), (Get-PsrKey $disk))) } }
		}
	}
	return [ordered]@{
		disks = Get-PsrRows $disks @('ObjectId:text', 'UniqueId:text', 'FriendlyName:text', 'Access:number', 'StorageSubSystem:reference', 'HealthStatus:number', 'OperationalStatus:numbers')
		links = $linkRows
		peers = $peerRows
		followed = $followed.ToArray()
		pairs = Get-PsrRows @($pairs | Where-Object { $null -ne $_ }) (@('SourceVirtualDisk:reference', 'TargetVirtualDisk:reference') + $global:PsrSynchronizedColumns)
		subsystems = Get-PsrRows @($subsystems | Where-Object { $null -ne $_ }) @('ObjectId:text', 'UniqueId:text', 'FriendlyName:text', 'Name:text', 'CurrentCacheLevel:number')
		holds = (Get-PsrRows @($holds | Where-Object { $null -ne $_ }) @('StorageSubSystem:reference', 'VirtualDisk:reference')) + $held.ToArray()
		jobs = Get-PsrRows @($jobs | Where-Object { $null -ne $_ }) $global:PsrJobColumns
		affects = Get-PsrRows @($affects | Where-Object { $null -ne $_ }) @('StorageJob:reference', 'AffectedStorageObject:reference')
		groups = $null
		unread = @($global:PsrUnread | ForEach-Object { New-PsrUnread $_ })
		hostTime = Get-PsrClock
	}
}

function Find-PsrDisk([string]$ObjectId) {
	$disks = Get-PsrInstance 'MSFT_VirtualDisk' $false
	foreach ($disk in $disks) { if (Test-PsrSame ([string](Read-PsrMember $disk 'ObjectId')) $ObjectId) { return $disk } }
	Assert-PsrWhole 'MSFT_VirtualDisk'
	return $null
}

function Get-PsrPeerIdentity($Peer) {
	$id = [string](Read-PsrMember $Peer 'PeerUniqueId')
	if ($id -ne '') { return $id }
	return [string](Read-PsrMember $Peer 'PeerObjectId')
}

# A class; null where the system does not have it, which is Not Found to Get-CimClass and Invalid Class to others. A class
# that could not be read must not look like one that is not there.
function Get-PsrClass([string]$ClassName) {
	$common = Get-PsrCommon
	try { return @(Get-CimClass -Namespace $global:PsrNamespace -ClassName $ClassName @common)[0] } catch {
		$notFound = [string](Read-PsrMember $_.Exception 'NativeErrorCode') -eq 'NotFound' -or $_.FullyQualifiedErrorId -match '80041002|(?:MiClientApiError_|MI RESULT )(?:6|NotFound)\b'
		if (-not $notFound -and -not (Test-PsrMissingClass $_)) { throw }
		return $null
	}
}

# A client-side instance. By its class the names and types are checked; a system that gives no class for it, or does not
# take one, makes it by name.
function New-PsrEmbedded([string]$ClassName, $Class, $Properties) {
	if ($null -ne $Class) { try { return New-CimInstance -CimClass $Class -Property $Properties -ClientOnly -ErrorAction Stop } catch { $null = $_ } }
	return New-CimInstance -Namespace $global:PsrNamespace -ClassName $ClassName -Property $Properties -ClientOnly -ErrorAction Stop
}

function New-PsrPeer($Properties) {
	$class = $null
	try { $class = Get-PsrClass 'MSFT_ReplicaPeer' } catch { $null = $_ }
	return New-PsrEmbedded 'MSFT_ReplicaPeer' $class $Properties
}

# ReplicationSettings has no default in Windows' own signatures (Windows' generated client code), so it is sent wherever it exists, empty but for a wished mode: without one "the implementation decides" (msft-replicationsettings).
function New-PsrSettings($Instance, [string]$ClassName, [string]$MethodName, $SyncMode) {
	if (-not (Test-PsrParameter $Instance $ClassName $MethodName 'ReplicationSettings')) { return $null }
	$class = Get-PsrClass 'MSFT_ReplicationSettings'
	if ($null -eq $class) { return $null }
	$properties = @{}
	# Older classes have no SyncMode.
	if ($null -ne $SyncMode -and $null -ne (Find-PsrNamed (Read-PsrMember $class 'CimClassProperties') 'SyncMode')) { $properties['SyncMode'] = [uint16]$SyncMode }
	return New-PsrEmbedded 'MSFT_ReplicationSettings' $class $properties
}

# How this host spells the name of an array, in what it already knows of it; else the first name it was given.
function Get-PsrSubsystemSpelling($Known) {
	$names = @($Known | Where-Object { -not [string]::IsNullOrEmpty($_) })
	$peer = Find-PsrSubsystemPeer $names $true
	$spelling = [string](Read-PsrMember $peer 'PeerSubsystemName')
	if ($spelling -ne '') { return $spelling }
	if ($names.Count -gt 0) { return $names[0] }
	return ''
}

# A peer that stands for the array itself (32770 StorageSubSystem), if this host has one; $AnyPeer: or a disk on it.
function Find-PsrSubsystemPeer($Names, [bool]$AnyPeer) {
	$onIt = $null
	foreach ($peer in (Get-PsrInstance 'MSFT_ReplicaPeer' $true)) {
		$isArray = [string](Read-PsrMember $peer 'PeerObjectType') -eq '32770'
		$known = if ($isArray) { 'PeerSubsystemName', 'PeerUniqueId', 'PeerObjectName', 'PeerObjectId' } else { 'PeerSubsystemName' }
		foreach ($member in $known) {
			foreach ($name in $Names) {
				if (-not (Test-PsrSame ([string](Read-PsrMember $peer $member)) $name)) { continue }
				if ($isArray) { return $peer }
				$onIt = $peer
			}
		}
	}
	if ($AnyPeer) { return $onIt }
	return $null
}

# The MSFT_ReplicaPeer of an existing relationship: the one read through the association, else any of its class. Where
# the host has none (a pair inside one array, a link that is listed at the other end only) the other end is named as one.
# $End is the owner's name in the association, $Type what kind of object the other end is.
function Find-PsrPeer($Owner, $Request, [string]$Association, [string]$End, [uint16]$Type) {
	$wanted = Read-PsrText $Request 'peerUniqueId'
	# Where the association cannot be followed, the enumeration of links below must answer or fail.
	try {
		$found = Get-PsrAssociated $Owner $Association 'MSFT_ReplicaPeer'
		foreach ($peer in $found) { if (Test-PsrSame (Get-PsrPeerIdentity $peer) $wanted) { return $peer } }
	} catch { $null = $_ }
	$key = Get-PsrKey $Owner
	$links = Get-PsrInstance $Association $false
	$peers = $null
	foreach ($link in @($links)) {
		if ($null -eq $link -or -not (Test-PsrSame (Get-PsrKey (Read-PsrMember $link $End)) $key)) { continue }
		if ($null -eq $peers) { $peers = Get-PsrInstance 'MSFT_ReplicaPeer' $false }
		foreach ($peer in (Get-PsrLinked $link $peers)) { if (Test-PsrSame (Get-PsrPeerIdentity $peer) $wanted) { return $peer } }
	}
	Assert-PsrWhole $Association, 'MSFT_ReplicaPeer'
	if ($true -ne (Read-PsrMember $Request 'makePeer')) { return $null }
	$spelling = Get-PsrSubsystemSpelling @('peerSubsystem', 'peerSubsystemName', 'peerSubsystemUniqueId' | ForEach-Object { Read-PsrText $Request $_ })
	return New-PsrPeer @{ PeerObjectType = $Type; PeerObjectId = [string](Read-PsrText $Request 'peerObjectId'); PeerUniqueId = $wanted; PeerObjectName = (Read-PsrText $Request 'peerName'); PeerSubsystemName = $spelling }
}

# The peers that a link leads to: embedded in it, or by its key. Several, where one key is listed more than once.
function Get-PsrLinked($Link, $Peers) {
	$end = Read-PsrMember $Link 'ReplicaPeer'
	if ($null -ne $end -and $end -isnot [string] -and (Get-PsrPeerIdentity $end) -ne '') { return , @($end) }
	return , @($Peers | Where-Object { Test-PsrSame (Get-PsrKey $_) (Get-PsrKey $end) })
}

# Where a parameter is not declared the call would throw.
function Test-PsrParameter($Instance, [string]$ClassName, [string]$MethodName, [string]$ParameterName) {
	$method = Find-PsrNamed (Read-PsrMember (Read-PsrMember $Instance 'CimClass') 'CimClassMethods') $MethodName
	if ($null -eq $method) { $method = Find-PsrNamed (Read-PsrMember (Get-PsrClass $ClassName) 'CimClassMethods') $MethodName }
	return ($null -ne (Find-PsrNamed (Read-PsrMember $method 'Parameters') $ParameterName))
}

# RunAsJob is in the class of newer systems only. Without it a call only takes longer: a class that could not be read stops none.
function Test-PsrRunAsJob($Instance, [string]$ClassName, [string]$MethodName) {
	try { return Test-PsrParameter $Instance $ClassName $MethodName 'RunAsJob' } catch { return $false }
}

function Get-PsrStatusText($Status) {
	if ($null -eq $Status) { return $null }
	if ($Status -is [string]) { return $Status }
	$parts = @('Message', 'ProbableCauseDescription', 'RecommendedActions', 'MessageID' | ForEach-Object {
			$text = ((Read-PsrMember $Status $_) -join ' ').Trim()
			if ($text -ne '') { $text }
		})
	if ($parts.Count -eq 0) { return $null }
	return ($parts -join ' ')
}

# One output of a method: on the object with ReturnValue, or streamed as ParameterName and ItemValue.
function Read-PsrOutput($Items, [string]$Name) {
	foreach ($item in $Items) { $value = Read-PsrMember $item $Name; if ($null -ne $value) { return , $value } }
	$streamed = @($Items | Where-Object { [string](Read-PsrMember $_ 'ParameterName') -eq $Name } | ForEach-Object { Read-PsrMember $_ 'ItemValue' })
	if ($streamed.Count -gt 0) { return , $streamed }
	return $null
}

# A method call. StorageWMI codes come as exceptions from Windows and as ReturnValue through other ways: same answer.
function Invoke-PsrMethod($Instance, [string]$MethodName, $Arguments) {
	$common = Get-PsrCommon
	try {
		$items = @(Invoke-CimMethod -InputObject $Instance -MethodName $MethodName -Arguments $Arguments -Confirm:$false @common 2>&1)
		Assert-PsrNoError $items
	} catch {
		if ($_.FullyQualifiedErrorId -match '^StorageWMI (\d+)(?:,|$)') {
			$text = Get-PsrStatusText (Read-PsrMember $_.Exception 'ErrorData')
			return @{ code = [long]$Matches[1]; items = @(); message = (@($_.Exception.Message, $text | Where-Object { $_ }) -join ' ') }
		}
		throw
	}
	$items = @($items | Where-Object { $null -ne $_ })
	$code = Read-PsrOutput $items 'ReturnValue'
	if ($null -eq $code) { throw [System.InvalidOperationException]::new('the method answered without a ReturnValue') }
	return @{ code = [long]$code; items = $items; message = (Get-PsrStatusText (Read-PsrOutput $items 'ExtendedStatus')) }
}

function Invoke-PsrChange($Instance, [string]$MethodName, $Arguments) {
	$global:PsrStage = 'during'
	$answer = Invoke-PsrMethod $Instance $MethodName $Arguments
	$job = Get-PsrKey (Read-PsrOutput $answer.items 'CreatedStorageJob')
	if ($job -eq '') { $job = $null }
	$made = Read-PsrOutput $answer.items 'CreatedReplicaPeer'
	if ($made -is [System.Collections.IList] -and $made.Count -gt 0) { $made = $made[0] }
	if ($made -is [string]) { $made = $null }
	return [ordered]@{ returnCode = $answer.code; jobId = $job; message = $answer.message; createdPeerUniqueId = (Get-PsrPeerIdentity $made); createdGroupObjectId = (Get-PsrKey (Read-PsrOutput $answer.items 'CreatedReplicationGroup')) }
}

function New-PsrNotFound([string]$What) { return [ordered]@{ returnCode = 8; jobId = $null; message = ($What + ' Nothing was sent.') } }

function Set-PsrRelationship($Request) {
	$disk = Find-PsrDisk (Read-PsrText $Request 'diskObjectId')
	if ($null -eq $disk) { return New-PsrNotFound 'The host does not list the virtual disk any more.' }
	$peer = Find-PsrPeer $disk $Request 'MSFT_VirtualDiskToReplicaPeer' 'VirtualDisk' 4
	if ($null -eq $peer) { return New-PsrNotFound 'The virtual disk has no relationship with this peer any more.' }
	$arguments = @{ Operation = [uint16](Read-PsrMember $Request 'operation'); VirtualDiskReplicaPeer = $peer }
	if (Test-PsrRunAsJob $disk 'MSFT_VirtualDisk' 'SetReplicationRelationship') { $arguments['RunAsJob'] = $true }
	return Invoke-PsrChange $disk 'SetReplicationRelationship' $arguments
}

function Find-PsrByName($Items, [string]$Wanted) {
	foreach ($name in 'ObjectId', 'UniqueId', 'FriendlyName', 'Name') {
		foreach ($item in @($Items)) { if ($null -ne $item -and (Test-PsrSame ([string](Read-PsrMember $item $name)) $Wanted)) { return $item } }
	}
	return $null
}

function New-PsrReplica($Request) {
	$disk = Find-PsrDisk (Read-PsrText $Request 'sourceDiskObjectId')
	if ($null -eq $disk) { return New-PsrNotFound 'The host does not list the source disk any more.' }
	$optional = @{ FriendlyName = 'friendlyName'; TargetVirtualDiskObjectId = 'targetDiskObjectId' }
	$objective = Read-PsrMember $Request 'recoveryPointObjectiveMinutes'
	# The reference gives no unit for it: the number goes as it is.
	if ($null -ne $objective) { $objective = [uint16]$objective }
	return Invoke-PsrCreateReplica $disk 'MSFT_VirtualDisk' $Request $optional $objective
}

# CreateReplica of a disk or a group; $Optional: text of the request by the name of its argument.
function Invoke-PsrCreateReplica($Source, [string]$ClassName, $Request, $Optional, $Objective) {
	$arguments = @{ TargetStorageSubsystem = (Get-PsrTargetArray $Request); SyncType = [uint16](Read-PsrMember $Request 'syncType') }
	foreach ($name in $Optional.Keys) { $value = Read-PsrText $Request $Optional[$name]; if ($null -ne $value) { $arguments[$name] = $value } }
	$pool = Read-PsrText $Request 'targetStoragePool'
	if ($null -ne $pool) {
		$known = Find-PsrByName (Get-PsrInstance 'MSFT_StoragePool' $true) $pool
		if ($null -ne $known) { $pool = [string](Read-PsrMember $known 'ObjectId') }
		$arguments['TargetStoragePoolObjectId'] = $pool
	}
	if ($null -ne $Objective) { $arguments['RecoveryPointObjective'] = $Objective }
	$mode = Read-PsrMember $Request 'syncMode'
	$settings = New-PsrSettings $Source $ClassName 'CreateReplica' $mode
	if ($null -ne $settings) { $arguments['ReplicationSettings'] = $settings }
	if (Test-PsrRunAsJob $Source $ClassName 'CreateReplica') { $arguments['RunAsJob'] = $true }
	$answer = Invoke-PsrChange $Source 'CreateReplica' $arguments
	if ($null -ne $mode) { $answer['syncModeSent'] = ($null -ne (Read-PsrMember $settings 'SyncMode')) }
	return $answer
}

# The peer that stands for the array of a replica, made where this host has none.
function Get-PsrTargetArray($Request) {
	$names = @('targetSubsystem', 'targetSubsystemName', 'targetSubsystemUniqueId' | ForEach-Object { Read-PsrText $Request $_ } | Where-Object { -not [string]::IsNullOrEmpty($_) })
	$peer = Find-PsrSubsystemPeer $names $false
	if ($null -ne $peer) { return $peer }
	$id = Read-PsrText $Request 'targetSubsystemUniqueId'
	if ([string]::IsNullOrEmpty($id)) {
		$subsystems = Get-PsrInstance 'MSFT_StorageSubSystem' $true
		foreach ($name in $names) { if ([string]::IsNullOrEmpty($id)) { $id = [string](Read-PsrMember (Find-PsrByName $subsystems $name) 'UniqueId') } }
	}
	if ([string]::IsNullOrEmpty($id)) { $id = $names[0] }
	return New-PsrPeer @{ PeerObjectType = [uint16]32770; PeerSubsystemName = (Get-PsrSubsystemSpelling $names); PeerUniqueId = $id }
}

function Get-PsrProviders {
	$providers = Get-PsrInstance 'MSFT_StorageProvider' $false
	if ($providers.Count -eq 0) { Assert-PsrWhole 'MSFT_StorageProvider' }
	return , $providers
}

# Which provider serves which array. What is listed counts, also beside errors: with another array in trouble the one that
# is needed has to be discovered all the same.
function Get-PsrServes {
	$links = Get-PsrInstance 'MSFT_StorageProviderToStorageSubSystem' $true
	return , @($links | Where-Object { $null -ne $_ })
}

# The providers of arrays. Not another's: Windows' own, of Storage Spaces, may answer 0 to any root, and what its 0 would
# prove nobody looked for. None: no link says which.
function Find-PsrServing($Arrays, $Providers, $Serves) {
	$keys = @(foreach ($array in @($Arrays)) { if ($null -ne $array) { Get-PsrKey $array } })
	$serving = @(foreach ($link in @($Serves)) { if ($keys -contains (Get-PsrKey (Read-PsrMember $link 'StorageSubSystem'))) { Get-PsrKey (Read-PsrMember $link 'StorageProvider') } })
	return , @($Providers | Where-Object { $serving -contains (Get-PsrKey $_) })
}

# The arrays that list a disk as theirs, by the last reading of everything: this is asked before every role that moves, and
# the links of all disks would cost more each time the larger the host is.
function Find-PsrHolders($Disk, $Subsystems) {
	$key = Get-PsrKey $Disk
	if ($null -ne $global:PsrKeys) { $holds = Get-PsrKeyed $global:PsrKeys.Holds @($key) } else { $holds = Get-PsrInstance 'MSFT_StorageSubSystemToVirtualDisk' $true }
	$holders = @(foreach ($hold in @($holds)) { if ($null -ne $hold -and (Test-PsrSame (Get-PsrKey (Read-PsrMember $hold 'VirtualDisk')) $key)) { Get-PsrKey (Read-PsrMember $hold 'StorageSubSystem') } })
	return , @($Subsystems | Where-Object { $null -ne $_ -and $holders -contains (Get-PsrKey $_) })
}

# What each of some providers answers to Discover of an object. Never without a root: a full discovery can take hours.
function Get-PsrDiscoveries($Root, $Providers, [bool]$AsJob) {
	$said = [System.Collections.Generic.List[object]]::new()
	foreach ($provider in @($Providers)) {
		$fact = [ordered]@{ returnCode = $null; jobId = $null; message = $null; failure = $null }
		$arguments = @{ RootObject = $Root }
		if ($AsJob -and (Test-PsrRunAsJob $provider 'MSFT_StorageProvider' 'Discover')) { $arguments['RunAsJob'] = $true }
		try {
			$answer = Invoke-PsrMethod $provider 'Discover' $arguments
			$fact.returnCode = $answer.code
			$fact.message = $answer.message
			$job = Get-PsrKey (Read-PsrOutput $answer.items 'CreatedStorageJob')
			if ($job -ne '') { $fact.jobId = $job }
		} catch {
			$fact.failure = New-PsrFailure $_
			$fact.failure.Remove('ok')
		}
		$said.Add($fact)
	}
	return , $said.ToArray()
}

# Refreshes one disk, or its arrays where the cache has lost it.
function Update-PsrCache($Request) {
	$disk = Find-PsrDisk (Read-PsrText $Request 'diskObjectId')
	$subsystems = Get-PsrInstance 'MSFT_StorageSubSystem' $true
	$arrays = if ($null -ne $disk) { Find-PsrHolders $disk $subsystems } else { @($subsystems) }
	$roots = if ($null -ne $disk) { @($disk) } else { $arrays }
	$providers = Get-PsrProviders
	$serving = Find-PsrServing $arrays $providers (Get-PsrServes)
	$asked = if ($serving.Count -gt 0) { $serving } else { $providers }
	$answers = @()
	foreach ($root in @($roots)) { if ($null -ne $root) { $answers += Get-PsrDiscoveries $root $asked $false } }
	return [ordered]@{
		serving    = ($serving.Count -gt 0)
		answers    = $answers
		cacheModes = @($asked | ForEach-Object { Convert-PsrValue (Read-PsrMember $_ 'RemoteSubsystemCacheMode') 'number' })
	}
}

# Every array, so that what is not listed afterwards is not there. As a job where the class knows that, because it can
# take longer than a call may.
function Update-PsrArrays {
	$subsystems = Get-PsrInstance 'MSFT_StorageSubSystem' $true
	if ($null -ne $subsystems -and $subsystems.Count -eq 0) { Assert-PsrWhole 'MSFT_StorageSubSystem' }
	$providers = Get-PsrProviders
	$serves = Get-PsrServes
	$arrays = [System.Collections.Generic.List[object]]::new()
	foreach ($subsystem in @($subsystems)) {
		if ($null -eq $subsystem) { continue }
		$called = $null
		foreach ($name in 'Name', 'FriendlyName') { $value = [string](Read-PsrMember $subsystem $name); if ($value -ne '') { $called = $value } }
		$serving = Find-PsrServing $subsystem $providers $serves
		$asked = if ($serving.Count -gt 0) { $serving } else { $providers }
		$arrays.Add([ordered]@{ subsystem = $called; serving = ($serving.Count -gt 0); answers = (Get-PsrDiscoveries $subsystem $asked $true) })
	}
	return [ordered]@{ arrays = $arrays.ToArray() }
}

# A list that the array advertises. Nobody implementing the method is its word for Not Supported.
function Get-PsrAdvertised([string]$MethodName, [string]$OutputName, $Instance, [uint16]$Type) {
	try { $answer = Invoke-PsrMethod $Instance $MethodName @{ ReplicationType = $Type } } catch {
		$native = [string](Read-PsrMember $_.Exception 'NativeErrorCode')
		$unserved = $native -match '^Method(?:NotFound|NotAvailable)$' -or $_.FullyQualifiedErrorId -match '8004102e|8004105[56]|(?:MiClientApiError_|MI RESULT )(?:16|17|MethodNotAvailable|MethodNotFound)\b'
		if (-not (Test-PsrMissingClass $_) -and -not $unserved) { throw }
		return [ordered]@{ returnCode = 1; numbers = $null; message = [string]$_.Exception.Message }
	}
	$list = $null
	if ($answer.code -eq 0) { $list = Convert-PsrValue (Read-PsrOutput $answer.items $OutputName) 'numbers' }
	return [ordered]@{ returnCode = $answer.code; numbers = $list; message = $answer.message }
}

# The capabilities of one array, by the association, by its link class, or because there is but one. Another array's word
# must not stand for this one's, and a question that failed must not look like an array that says nothing.
function Find-PsrCapabilities([string]$Subsystem, $Type) {
	$all = Get-PsrInstance 'MSFT_ReplicationCapabilities' $true
	$array = Find-PsrByName (Get-PsrInstance 'MSFT_StorageSubSystem' $true) $Subsystem
	$candidates = @()
	$failure = $null
	if ($null -eq $array) {
		# No name: the reading could not tell whose disk it is, and that must not make every array's word fit.
		if ($Subsystem -eq '') { foreach ($holds in 'MSFT_StorageSubSystemToVirtualDisk', 'MSFT_StorageSubSystemToReplicationGroup') { $null = Get-PsrInstance $holds $true } }
		Assert-PsrWhole 'MSFT_StorageSubSystem', 'MSFT_StorageSubSystemToVirtualDisk', 'MSFT_StorageSubSystemToReplicationGroup'
	}
	if ($null -ne $array) {
		try { $candidates = Get-PsrAssociated $array 'MSFT_StorageSubSystemToReplicationCapabilities' 'MSFT_ReplicationCapabilities' } catch { $failure = $_ }
		if ($candidates.Count -eq 0 -and $null -ne $all) {
			$keys = @(Get-PsrInstance 'MSFT_StorageSubSystemToReplicationCapabilities' $true | ForEach-Object { $_ } | Where-Object { $null -ne $_ -and (Test-PsrSame (Get-PsrKey (Read-PsrMember $_ 'StorageSubSystem')) (Get-PsrKey $array)) } | ForEach-Object { Get-PsrKey (Read-PsrMember $_ 'ReplicationCapabilities') })
			$candidates = @($all | Where-Object { $keys -contains (Get-PsrKey $_) })
		}
	}
	if ($candidates.Count -eq 0 -and $null -ne $all -and ($all.Count -eq 1 -or $null -eq $array)) {
		# The only one that could be read need not be the only one.
		Assert-PsrWhole 'MSFT_ReplicationCapabilities'
		$candidates = $all
	}
	if ($candidates.Count -eq 0 -and $null -ne $failure -and -not (Test-PsrMissingClass $failure)) { throw $failure }
	if ($candidates.Count -eq 0) { Assert-PsrWhole 'MSFT_ReplicationCapabilities', 'MSFT_StorageSubSystemToReplicationCapabilities' }
	foreach ($candidate in $candidates) {
		if ((Convert-PsrValue (Read-PsrMember $candidate 'SupportedReplicationTypes') 'numbers') -contains $Type) { return $candidate }
	}
	foreach ($candidate in $candidates) { return $candidate }
	return $null
}

# Nothing is decided by these, the doctor shows them: whatever fails here stops nothing.
function Get-PsrCopyStates($Instance, [uint16]$Type) {
	try { return Get-PsrAdvertised 'GetSupportedCopyStates' 'SupportedCopyStates' $Instance $Type } catch {
		return [ordered]@{ returnCode = 1; numbers = $null; message = [string]$_.Exception.Message }
	}
}

function Get-PsrCapabilities($Request) {
	$type = [uint16](Read-PsrMember $Request 'replicationType')
	$instance = Find-PsrCapabilities (Read-PsrText $Request 'subsystem') $type
	if ($null -eq $instance) { return [ordered]@{ found = $false } }
	$ofGroup = (Read-PsrText $Request 'of') -ceq 'group'
	return [ordered]@{
		found = $true
		types = Convert-PsrValue (Read-PsrMember $instance 'SupportedReplicationTypes') 'numbers'
		supportsReplicationGroup = Convert-PsrValue (Read-PsrMember $instance 'SupportsReplicationGroup') 'flag'
		supportsFullDiscovery = Convert-PsrValue (Read-PsrMember $instance 'SupportsFullDiscovery') 'flag'
		operations = $(if ($ofGroup) { Get-PsrAdvertised 'GetSupportedGroupOperations' 'SupportedGroupOperations' $instance $type } else { Get-PsrAdvertised 'GetSupportedOperations' 'SupportedOperations' $instance $type })
		features = $(if ($ofGroup) { Get-PsrAdvertised 'GetSupportedGroupFeatures' 'Features' $instance $type } else { Get-PsrAdvertised 'GetSupportedFeatures' 'Features' $instance $type })
		copyStates = Get-PsrCopyStates $instance $type
	}
}

function Find-PsrJob([string]$Id) {
	$jobs = Get-PsrInstance 'MSFT_StorageJob' $true
	foreach ($job in @($jobs)) {
		foreach ($name in 'ObjectId', 'InstanceID', 'UniqueId') {
			if ($null -ne $job -and (Test-PsrSame ([string](Read-PsrMember $job $name)) $Id)) { return $job }
		}
	}
	Assert-PsrWhole 'MSFT_StorageJob'
	return $null
}

function Get-PsrJob($Request) {
	$job = Find-PsrJob (Read-PsrText $Request 'id')
	if ($null -eq $job) { return [ordered]@{ job = $null } }
	return [ordered]@{ job = (Get-PsrRows @(, $job) $global:PsrJobColumns)[0] }
}

# The disks and peers that a job affects. The association is followed; where that fails or shows none of them, its
# instances are read, which providers have to offer as well (windows-driver-docs, smp-behavior-interaction).
function Get-PsrAffected($Request) {
	$job = Find-PsrJob (Read-PsrText $Request 'id')
	$disks = @()
	$peers = @()
	$followed = $false
	if ($null -ne $job) {
		try {
			$disks = Get-PsrAssociated $job 'MSFT_StorageJobToAffectedStorageObject' 'MSFT_VirtualDisk'
			$peers = Get-PsrAssociated $job 'MSFT_StorageJobToAffectedStorageObject' 'MSFT_ReplicaPeer'
			$followed = $disks.Count + $peers.Count -gt 0
		} catch { $null = $_ }
		if (-not $followed) {
			$keys = @(Get-PsrInstance 'MSFT_StorageJobToAffectedStorageObject' $true | ForEach-Object { $_ } | Where-Object { $null -ne $_ -and (Test-PsrSame (Get-PsrKey (Read-PsrMember $_ 'StorageJob')) (Get-PsrKey $job)) } | ForEach-Object { Get-PsrKey (Read-PsrMember $_ 'AffectedStorageObject') })
			$disks = @(Get-PsrInstance 'MSFT_VirtualDisk' $false | ForEach-Object { $_ } | Where-Object { $keys -contains (Get-PsrKey $_) })
			$peers = @(Get-PsrInstance 'MSFT_ReplicaPeer' $true | ForEach-Object { $_ } | Where-Object { $null -ne $_ -and $keys -contains (Get-PsrKey $_) })
			Assert-PsrWhole 'MSFT_StorageJobToAffectedStorageObject', 'MSFT_VirtualDisk', 'MSFT_ReplicaPeer'
		}
	}
	return [ordered]@{
		disks = Get-PsrRows $disks @('UniqueId:text', 'ObjectId:text')
		peers = Get-PsrRows $peers @('PeerUniqueId:text', 'PeerObjectId:text', 'PeerObjectType:number')
	}
}

# Whose eyes these are: SMI-S registrations are per user (Register-SmisProvider). Of the groups only the well-known ones
# that tell the kind of log-on. Over a session it is the account that opens it.
function Get-PsrAccount {
	try {
		$identity = [System.Security.Principal.WindowsIdentity]::GetCurrent()
		$kinds = @($identity.Groups | ForEach-Object { [string]$_.Value } | Where-Object { $_ -match '^S-1-5-(?:2|3|4|6|14)$' })
		return [ordered]@{ name = [string]$identity.Name; authenticationType = [string]$identity.AuthenticationType; logOnGroups = $kinds }
	} catch { return $null }
}

# Rows of a class; null where nobody has it. What could not be read of it is among the unread.
function Get-PsrListing([string]$ClassName, [string[]]$Columns) {
	$items = Get-PsrInstance $ClassName $true
	if ($null -eq $items) { return $null }
	return , (Get-PsrRows $items $Columns)
}

function Get-PsrDiagnosis {
	$policy = $null
	try { $policy = [string](Get-ExecutionPolicy) } catch { $null = $_ }
	# Who we are here says nothing about the account of a session.
	$administrator = $null
	if ($null -eq $global:PsrConnection.ComputerName) { try { $administrator = ([System.Security.Principal.WindowsPrincipal][System.Security.Principal.WindowsIdentity]::GetCurrent()).IsInRole([System.Security.Principal.WindowsBuiltInRole]::Administrator) } catch { $null = $_ } }
	$class = $null
	try {
		$common = Get-PsrCommon
		$class = @(Get-CimClass -Namespace $global:PsrNamespace -ClassName 'MSFT_VirtualDisk' @common)[0]
	} catch { if (-not (Test-PsrMissingClass $_)) { throw } }
	$method = Find-PsrNamed (Read-PsrMember $class 'CimClassMethods') 'SetReplicationRelationship'
	$facts = [ordered]@{ executionPolicy = $policy; administrator = $administrator; account = (Get-PsrAccount); classFound = ($null -ne $class); methodFound = ($null -ne $method)
		runAsJob = ($null -ne (Find-PsrNamed (Read-PsrMember $method 'Parameters') 'RunAsJob')); hostTime = (Get-PsrClock); providers = $null; subsystems = $null; serves = $null }
	if ($null -ne $class) {
		$facts.providers = Get-PsrListing 'MSFT_StorageProvider' @('ObjectId:text', 'Name:text', 'Manufacturer:text', 'Version:text', 'Type:number', 'RemoteSubsystemCacheMode:number')
		$facts.subsystems = Get-PsrListing 'MSFT_StorageSubSystem' @('ObjectId:text', 'UniqueId:text', 'FriendlyName:text', 'Name:text', 'CurrentCacheLevel:number', 'HealthStatus:number', 'OperationalStatus:numbers', 'SupportsMirrorLocal:flag', 'SupportsMirrorRemote:flag')
		$facts.serves = Get-PsrListing 'MSFT_StorageProviderToStorageSubSystem' @('StorageProvider:reference', 'StorageSubSystem:reference')
	}
	$facts['unread'] = @($global:PsrUnread | ForEach-Object { New-PsrUnread $_ })
	return $facts
}

function Open-PsrSession {
	$connection = $global:PsrConnection
	if ($null -ne $connection.Session) {
		try { Remove-CimSession -CimSession $connection.Session -ErrorAction Stop } catch { $null = $_ }
		$connection.Session = $null
	}
	if ($null -eq $connection.ComputerName) { return }
	$options = @{ ComputerName = $connection.ComputerName; OperationTimeoutSec = $connection.TimeoutSec; ErrorAction = 'Stop' }
	if ($connection.Protocol -eq 'dcom') { $options['SessionOption'] = New-CimSessionOption -Protocol Dcom }
	elseif ($connection.UseSsl) { $options['SessionOption'] = New-CimSessionOption -UseSsl }
	if ($null -ne $connection.Port) { $options['Port'] = [uint32]$connection.Port }
	if ($connection.Authentication -ne '' -and $connection.Authentication -ne 'Default') { $options['Authentication'] = $connection.Authentication }
	if ($null -ne $connection.Secret) { $options['Credential'] = [System.Management.Automation.PSCredential]::new($connection.UserName, $connection.Secret) }
	$connection.Session = New-CimSession @options
}

# The password is asked for and read as a line of its own, so that it is no script text: script text is logged (event
# 4104) and kept in the history. PowerShell 7 reads its commands from the same Console.In (ConsoleHost.cs, ConsoleIn),
# Windows PowerShell by a reader of its own; neither has the password in its buffer, since it is sent after the question only.
function Open-PsrConnection([string]$Id, $Request) {
	$connection = $global:PsrConnection
	$connection.TimeoutSec = [uint32](Read-PsrMember $Request 'operationTimeoutSec')
	$connection.ComputerName = Read-PsrText $Request 'computerName'
	$connection.Protocol = Read-PsrText $Request 'protocol'
	$connection.Port = Read-PsrMember $Request 'port'
	$connection.UseSsl = $true -eq (Read-PsrMember $Request 'useSsl')
	$connection.Authentication = [string](Read-PsrText $Request 'authentication')
	$connection.UserName = Read-PsrText $Request 'userName'
	if ($null -ne $connection.UserName) {
		[Console]::Out.WriteLine('<<PSR:' + $Id + '-secret:>>')
		[Console]::Out.Flush()
		$secret = [System.Security.SecureString]::new()
		foreach ($character in [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String([Console]::In.ReadLine())).ToCharArray()) { $secret.AppendChar($character) }
		$secret.MakeReadOnly()
		$connection.Secret = $secret
	}
	Open-PsrSession
	return [ordered]@{ opened = $true }
}

function Invoke-PsrCommand([string]$Id, $Request) {
	if ($true -eq (Read-PsrMember $Request 'renewSession')) { Open-PsrSession }
	switch -CaseSensitive (Read-PsrText $Request 'command') {
		'open' { return Open-PsrConnection $Id $Request }
		'ping' {
			$subsystems = Get-PsrInstance 'MSFT_StorageSubSystem' $true
			if ($null -ne $subsystems -and $subsystems.Count -eq 0) { Assert-PsrWhole 'MSFT_StorageSubSystem' }
			return [ordered]@{ hostTime = (Get-PsrClock) }
		}
		'observe' { return Get-PsrObservation }
		'observeDisks' { return Get-PsrDisks $Request }
		'capabilities' { return Get-PsrCapabilities $Request }
		'setReplicationRelationship' { return Set-PsrRelationship $Request }
		'createReplica' { return New-PsrReplica $Request }
		'setGroupRelationship' { return Set-PsrGroupRelationship $Request }
		'createGroupReplica' { return New-PsrGroupReplica $Request }
		'createGroup' { return New-PsrGroup $Request }
		'addGroupMembers' { return Set-PsrMembers $Request 'AddMember' }
		'removeGroupMembers' { return Set-PsrMembers $Request 'RemoveMember' }
		'deleteGroup' { return Remove-PsrGroup $Request }
		'discover' { return Update-PsrCache $Request }
		'discoverArrays' { return Update-PsrArrays }
		'job' { return Get-PsrJob $Request }
		'affected' { return Get-PsrAffected $Request }
		'diagnose' { return Get-PsrDiagnosis }
		'close' {
			$global:PsrConnection.ComputerName = $null
			Open-PsrSession
			return [ordered]@{ closed = $true }
		}
		default { throw [System.InvalidOperationException]::new('unknown command') }
	}
}

function New-PsrFailure($Record) {
	$exception = $Record.Exception
	return [ordered]@{
		ok = $false
		stage = $global:PsrStage
		errorId = [string]$Record.FullyQualifiedErrorId
		category = [string]$Record.CategoryInfo.Category
		type = $exception.GetType().FullName
		message = [string]$exception.Message
		nativeErrorCode = Convert-PsrValue (Read-PsrMember $exception 'NativeErrorCode') 'text'
		hResult = Convert-PsrValue (Read-PsrMember $exception 'HResult') 'text'
		messageId = Convert-PsrValue (Read-PsrMember $exception 'MessageId') 'text'
		detail = Get-PsrStatusText (Read-PsrMember $exception 'ErrorData')
		missingClass = (Test-PsrMissingClass $Record)
	}
}

# One read that failed beside others that did not, and what tells which array it was.
function New-PsrUnread($Part) {
	$failure = New-PsrFailure $Part.record
	$failure.Remove('ok')
	$failure['className'] = $Part.class
	$failure['source'] = @('ErrorSource', 'MessageArguments' | ForEach-Object { [string](@(Read-PsrMember (Read-PsrMember $Part.record.Exception 'ErrorData') $_) -join ' ') }) -join ' '
	return $failure
}

function Invoke-Request([string]$Id, [string]$Base64) {
	Set-StrictMode -Version Latest
	$global:PsrStage = 'before'
	$global:PsrUnread = [System.Collections.Generic.List[object]]::new()
	try {
		$request = ConvertFrom-Json -InputObject ([Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($Base64)))
		$body = [ordered]@{ ok = $true; value = @(Invoke-PsrCommand $Id $request)[-1] }
		Send-PsrFrame $Id $body
	} catch { Send-PsrFrame $Id (New-PsrFailure $_) }
}

Send-PsrFrame '0' ([ordered]@{ ok = $true; value = [ordered]@{ version = $PSVersionTable.PSVersion.ToString(); edition = [string]$PSVersionTable['PSEdition']; languageMode = [string]$ExecutionContext.SessionState.LanguageMode } })
