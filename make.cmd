@echo off
rem The Makefile's commands for Windows: the same targets.
rem Keep this file in UTF-8 without BOM and with CRLF line ends: cmd.exe misreads it otherwise.
setlocal
chcp 65001 >nul
cd /d "%~dp0"
set "PYTHONUTF8=1"
set "PYTHONDONTWRITEBYTECODE="
if not defined YEAR set "YEAR=2022"
if not defined PERIOD set "PERIOD=annual"
if not defined OUT set "OUT=outputs"
set "MORE="

if /i "%~1"=="review" goto review
if /i "%~1"=="test" goto test
if /i "%~1"=="test-all" goto test-all
if /i "%~1"=="check" goto check
if /i "%~1"=="types" goto types
if /i "%~1"=="cover" goto cover
if /i "%~1"=="lab" goto lab
if /i "%~1"=="sample" goto sample
if /i "%~1"=="notebooks" goto notebooks
if /i "%~1"=="catalogue" goto catalogue
if /i "%~1"=="wheel" goto wheel
if /i "%~1"=="lock" goto lock
if /i "%~1"=="clean" goto clean
if /i "%~1"=="help" goto help
if "%~1"=="" goto help
echo Không có lệnh "%~1".
call :help
exit /b 1

:help
echo Các lệnh:
echo   make.cmd review    lập báo cáo các huyện và của tỉnh (đặt trước được: set YEAR=2022, PERIOD, DATA, OUT)
echo   make.cmd test      kiểm tra mã nguồn và chạy các kiểm thử hằng ngày
echo   make.cmd test-all  như make.cmd test, thêm những kiểm thử lâu chạy mỗi đêm
echo   make.cmd check     như make.cmd test: đúng những gì CI chạy
echo   make.cmd types     kiểm tra kiểu trong mã (mypy)
echo   make.cmd cover     cho biết dòng mã nào chưa được kiểm thử (đặt trước được: set FOLDER=tests\intake)
echo   make.cmd lab       mở các sổ tay trong JupyterLab tiếng Việt
echo   make.cmd sample    tạo lại số liệu minh họa (data\sample, data\sample-communes)
echo   make.cmd notebooks chạy lại các sổ tay trên số liệu minh họa và lưu kết quả trong đó
echo   make.cmd catalogue cập nhật danh mục bản dịch tiếng Anh theo mã nguồn, sổ tay, mẫu trang
echo   make.cmd wheel     đóng gói phần mềm và phiên bản thư viện đã kiểm thử vào dist\
echo   make.cmd lock      chốt lại phiên bản thư viện vào requirements.lock (cần uv và mạng)
echo   make.cmd clean     xóa môi trường .venv và tệp tạm; giữ số liệu và báo cáo
exit /b 0

:review
call :ready || exit /b 1
set "RECEIVED=data\raw\%YEAR%\%PERIOD%"
if not defined DATA for %%k in (xlsx xlsm xls ods docx csv) do for %%f in ("%RECEIVED%\*.%%k") do (
  if /i not "%%~nxf"=="receipts.csv" if /i not "%%~nxf"=="corrections.csv" set "DATA=data\raw"
)
if not defined DATA set "DATA=data\sample"
if "%DATA%"=="data\sample" (
  echo Số liệu: data\sample, SỐ LIỆU MINH HỌA. Báo cáo thật đặt vào data\raw\%YEAR%\%PERIOD%.
) else (
  echo Số liệu: "%DATA%", năm %YEAR%, kỳ %PERIOD%.
)
".venv\Scripts\ntm-eval.exe" review --year "%YEAR%" --period "%PERIOD%" --data "%DATA%" --out "%OUT%"
exit /b %errorlevel%

rem Without -m "" pytest leaves out what is slow.
:test-all
set "MORE=-m "" --hypothesis-profile nightly"
:check
:test
call :ready || exit /b 1
echo Kiểm tra cách viết mã (ruff), kiểu (mypy), mã thừa (vulture), rồi chạy các kiểm thử (pytest)...
".venv\Scripts\ruff.exe" check . && ".venv\Scripts\ruff.exe" format --check .
if errorlevel 1 (
  echo Mã chưa đúng quy tắc: xem các dòng ở trên.
  exit /b 1
)
".venv\Scripts\mypy.exe" || exit /b 1
".venv\Scripts\vulture.exe" || exit /b 1
".venv\Scripts\python.exe" -m pytest -n auto --maxprocesses 4 --dist worksteal %MORE%
if errorlevel 1 (
  echo Có kiểm thử không qua: xem các dòng FAILED ở trên.
  exit /b 1
)
echo Mọi kiểm thử đã qua. Phần bị bỏ qua (nếu có) và lý do: các dòng SKIPPED ở trên.
exit /b 0

:types
call :ready || exit /b 1
".venv\Scripts\mypy.exe"
exit /b %errorlevel%

:cover
call :ready || exit /b 1
if not defined FOLDER set "FOLDER=tests"
".venv\Scripts\python.exe" -m pytest "%FOLDER%" --cov --cov-report=term-missing:skip-covered
exit /b %errorlevel%

:lab
call :ready || exit /b 1
".venv\Scripts\ntm-eval.exe" lab
exit /b %errorlevel%

:sample
call :ready || exit /b 1
".venv\Scripts\python.exe" -m tools.sample
exit /b %errorlevel%

:notebooks
call :ready || exit /b 1
".venv\Scripts\python.exe" -m tools.rerun
exit /b %errorlevel%

:catalogue
call :ready || exit /b 1
set "BABEL=".venv\Scripts\python.exe" -m babel.messages.frontend"
%BABEL% -q extract -F babel.cfg -k N_ --sort-by-file --add-location file --project ntm_eval -o .venv\ntm_eval.pot . || exit /b 1
%BABEL% -q update -D ntm_eval -d ntm_eval/locale -l en -i .venv\ntm_eval.pot -w 100 --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date || exit /b 1
%BABEL% compile -D ntm_eval -d ntm_eval/locale --statistics
exit /b %errorlevel%

:wheel
call :ready || exit /b 1
".venv\Scripts\python.exe" -m tools.wheel
exit /b %errorlevel%

:lock
uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url --quiet -o requirements.lock
exit /b %errorlevel%

:clean
for %%d in (.venv .mypy_cache .pytest_cache .ruff_cache .hypothesis) do if exist "%%d" rmdir /s /q "%%d"
echo Đã xóa .venv và tệp tạm. Thư mục data và %OUT% còn nguyên.
exit /b 0

rem Builds .venv where it is missing, unfinished, or older than the lock: the two files it was
rem built from are copied into it last.
:ready
fc /b requirements.lock ".venv\requirements.lock" >nul 2>nul && fc /b pyproject.toml ".venv\pyproject.toml" >nul 2>nul && exit /b 0
set "PY="
py -3 -c "import sys; sys.exit(sys.version_info < (3, 11))" >nul 2>nul && set "PY=py -3"
if not defined PY python -c "import sys; sys.exit(sys.version_info < (3, 11))" >nul 2>nul && set "PY=python"
if not defined PY (
  echo Cần Python 3.11 trở lên, nhưng máy chưa có hoặc chỉ có bản cũ hơn.
  echo Cài Python từ python.org, đánh dấu "Add python.exe to PATH", mở lại cửa sổ lệnh rồi chạy lại.
  exit /b 1
)
echo Dựng môi trường .venv (chỉ một lần, cần mạng, vài phút):
echo   1/3 tạo .venv
%PY% -m venv --clear .venv || exit /b 1
echo   2/3 cài thư viện đúng phiên bản và mã băm trong requirements.lock
".venv\Scripts\python.exe" -m pip install -qq --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
if errorlevel 1 (
  echo Chưa cài được thư viện. Kiểm tra mạng, qua proxy thì đặt biến HTTPS_PROXY, rồi chạy lại.
  exit /b 1
)
echo   3/3 cài ntm_eval
".venv\Scripts\python.exe" -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e . || exit /b 1
copy /y requirements.lock ".venv\requirements.lock" >nul
copy /y pyproject.toml ".venv\pyproject.toml" >nul
echo Xong môi trường.
exit /b 0
