Write-Output 1
