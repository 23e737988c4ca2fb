# The file, its lock, the log of calls, and the faults.

# The state as it was read last: a file of hundreds of pairs is not parsed anew for each call.
$script:Cached = @{ stamp = ''; state = $null }
$script:Held = $false

# Runs the block with the state, alone among all processes. Saved only where something changed.
function Use-State([scriptblock]$Block) {
	$path = [System.Environment]::GetEnvironmentVariable('STAND_IN_STATE')
	if (-not $path) { throw 'STAND_IN_STATE names no file' }
	$lock = $null
	for ($try = 0; $null -eq $lock; $try++) {
		try { $lock = [System.IO.FileStream]::new($path + '.lock', 'OpenOrCreate', 'ReadWrite', 'None') }
		catch [System.IO.IOException] {
			if ($try -gt 3000) { throw }
			[System.Threading.Thread]::Sleep(10)
		}
	}
	$script:Lock = $lock
	try {
		$stamp = Get-Stamp $path
		if ($script:Cached.stamp -ne $stamp) { $script:Cached = @{ stamp = $stamp; state = (ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText($path))) } }
		& $Block $script:Cached.state
	} catch {
		# What the block changed and did not save is not to stay.
		$script:Cached.stamp = ''
		throw
	} finally { Close-Lock }
}

function Get-Stamp([string]$Path) {
	$file = [System.IO.FileInfo]::new($Path)
	return "$($file.Length) $($file.LastWriteTimeUtc.Ticks)"
}

function Close-Lock { if ($null -ne $script:Lock) { $script:Lock.Dispose(); $script:Lock = $null } }

function Save-State($State) {
	$path = [System.Environment]::GetEnvironmentVariable('STAND_IN_STATE')
	$text = ConvertTo-Json -InputObject $State -Depth 20 -Compress
	[System.IO.File]::WriteAllText($path + '.new', $text)
	# Not Move with its third argument: .NET Framework, on which 5.1 runs, has none.
	[System.IO.File]::Replace($path + '.new', $path, [NullString]::Value)
	$script:Cached = @{ stamp = (Get-Stamp $path); state = $State }
}

function Add-Call($State, $Call) {
	$Call['process'] = [System.Diagnostics.Process]::GetCurrentProcess().Id
	$line = (ConvertTo-Json -InputObject $Call -Depth 5 -Compress) + "`n"
	[System.IO.File]::AppendAllText([System.Environment]::GetEnvironmentVariable('STAND_IN_STATE') + '.log', $line)
}

# The first fault that names this cmdlet, class or method. `times` counts down; 0 is over.
function Invoke-Fault($State, [string[]]$Names, [string]$Computer, [string]$Phase) {
	foreach ($fault in @($State.faults)) {
		if ($null -eq $fault -or $fault.times -le 0 -or $fault.kind -eq 'code' -or $Names -notcontains $fault.on) { continue }
		$after = $fault.kind -eq 'exitAfter' -or $fault.kind -eq 'hangAfter' -or $fault.kind -eq 'errorAfter'
		if ($after -ne ($Phase -eq 'after')) { continue }
		$fault.times = $fault.times - 1
		Save-State $State
		switch ($fault.kind) {
			'delay' { Close-Lock; [System.Threading.Thread]::Sleep($fault.ms); return }
			'hang' { Close-Lock; [System.Threading.Thread]::Sleep(600000) }
			'hangAfter' { Close-Lock; [System.Threading.Thread]::Sleep(600000) }
			'exit' { Close-Lock; [System.Environment]::Exit(3) }
			'exitAfter' { Close-Lock; [System.Environment]::Exit(3) }
			'exitClean' { Close-Lock; [System.Environment]::Exit(0) }
			'noise' { Write-Host -NoNewline $fault.text; [Console]::Out.Write($fault.text); [Console]::Error.Write($fault.text) }
			'error' { throw (New-ErrorRecord $fault.id $fault.category $fault.message $fault.native) }
			'errorAfter' { throw (New-ErrorRecord $fault.id $fault.category $fault.message $fault.native) }
			'dropSession' { $script:Sessions.Clear(); throw (New-ErrorRecord 'HRESULT 0x80338029' 'ConnectionError' 'The session was dropped.') }
		}
	}
}

# A return code that a fault dictates, or null.
function Find-DictatedCode($State, [string[]]$Names) {
	foreach ($fault in @($State.faults)) {
		if ($null -eq $fault -or $fault.times -le 0 -or $fault.kind -ne 'code' -or $Names -notcontains $fault.on) { continue }
		$fault.times = $fault.times - 1
		return [int]$fault.code
	}
	return $null
}
